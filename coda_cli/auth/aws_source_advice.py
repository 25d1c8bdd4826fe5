"""What a person is told of source credentials: how they are renewed, and where none were found.

Owns the words for each place that credentials come from. It looks for none itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coda_cli.auth.aws_options import KEY_ID, SECRET
from coda_cli.errors import CredentialsError, NoCredentialsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coda_cli.auth.aws_options import AwsOptions, Given
    from coda_cli.auth.aws_profiles import Profiles

STATIC = "static keys"
KINDS = {
    "shared-credentials-file": STATIC,
    "config-file": STATIC,
    "assume-role": "a role",
    "assume-role-with-web-identity": "a role by web identity",
    "sso": "SSO",
    "login": "aws login",
    "custom-process": "credential_process",
    "container-role": "the container's role",
    "iam-role": "the EC2 instance's role",
}
"""botocore's names of its providers, in words."""

RENEWAL_OF_STORED = "Store new ones: coda auth PACK"

_LONG_TERM = "AKIA"
_WHAT_A_PROFILE_NEEDS = (
    "It needs keys, a role_arn with its source, sso_session, credential_process or login_session."
)
_SSO_SETTINGS = ("sso_account_id", "sso_role_name")


def renewal_of_variables(access_key: str, token: Given | None) -> str:
    """Say how keys in the environment are renewed."""
    if token is not None and access_key.startswith(_LONG_TERM):
        return f"A long-term key ({_LONG_TERM}…) has no session token: unset {token.origin}."
    return f"Get new keys and set {KEY_ID}, {SECRET} and AWS_SESSION_TOKEN."


def renewal_of_profile(method: str, profile: str, login: str, settings: Mapping[str, str]) -> str:
    """Say how the credentials of a profile are renewed.

    Args:
        method: botocore's name of the provider that found them.
        profile: the one in use.
        login: the one that a person logs in to, which may be the source of the other.
        settings: what the profile in use says.
    """
    if method == "sso":
        return f"Log in again: aws sso login --profile {login}"
    if method == "login":
        return f"Log in again: aws login --profile {login}"
    if KINDS.get(method) == STATIC:
        if settings.get("aws_session_token") and settings.get("aws_access_key_id", "").startswith(_LONG_TERM):
            return (
                f"A long-term key ({_LONG_TERM}…) has no session token: "
                f"remove aws_session_token from profile {profile!r}."
            )
        return f"Replace the keys and the session token of profile {profile!r}."
    return "Run the command again; if that does not help, get new credentials where these come from."


def nothing_found(options: AwsOptions, profiles: Profiles) -> CredentialsError:
    """Say where was looked for credentials, and in vain."""
    if options.named_profile is not None:
        return _profile_without(options.named_profile, profiles.session.profile_values)
    files = ", ".join(f"{path} ({'read' if path.is_file() else 'not there'})" for path in profiles.files)
    return NoCredentialsError(
        "no AWS credentials were found; looked at:",
        "- --profile: not given",
        f"- {KEY_ID} and {SECRET}: not set",
        "- AWS_PROFILE and AWS_DEFAULT_PROFILE: not set",
        "- what coda auth stores for this pack: neither a key nor a profile",
        f"- profile 'default' in {files}",
        *_incomplete_sso(profiles.session.profile_values),
        "- web identity and container credentials (AWS_WEB_IDENTITY_TOKEN_FILE, AWS_CONTAINER_…): not set",
        f"- EC2 instance metadata: {_metadata(options)}",
        "Set the two variables, or name a profile by --profile; `aws configure` makes one.",
        "coda auth PACK stores which to use for this pack.",
    )


def _profile_without(named: Given, settings: Mapping[str, str]) -> CredentialsError:
    return CredentialsError(
        f"profile {named.value!r} (named by {named.giver}) has no credentials",
        *(_incomplete_sso(settings) or (_WHAT_A_PROFILE_NEEDS,)),
    )


def _incomplete_sso(settings: Mapping[str, str]) -> tuple[str, ...]:
    """Say what an SSO profile lacks that botocore does not take for one."""
    missing = [name for name in _SSO_SETTINGS if name not in settings]
    if not missing or not any(name.startswith("sso_") for name in settings):
        return ()
    return (f"It has SSO settings, but not {' and '.join(missing)}: `aws configure sso` writes them.",)


def _metadata(options: AwsOptions) -> str:
    if (options.variable("AWS_EC2_METADATA_DISABLED") or "").lower() == "true":
        return "switched off"
    return "asked, and no credentials came in time"
