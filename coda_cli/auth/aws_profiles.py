"""AWS's configuration files, and the botocore session that reads them.

Owns when the files are looked at: a run with keys in the environment and no file that speaks of what is
asked never loads ``botocore.session``, which costs more than all the rest of signing. It chooses no
credentials.
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from coda_cli.auth.aws_clock import CorrectedClock
from coda_cli.auth.aws_options import Given, existing_file
from coda_cli.errors import CredentialsError

if TYPE_CHECKING:
    from coda_cli.auth.aws_endpoints import ProfileConfig
    from coda_cli.auth.aws_options import AwsOptions
    from coda_cli.auth.aws_session import CodaSession
    from coda_cli.redaction import Redactor


class Profiles:
    """The profile in use, named or ``default``, and the session made for it when first needed.

    ``clock`` is what requests of the run are signed by.
    """

    def __init__(self, options: AwsOptions, redactor: Redactor, clock: CorrectedClock | None = None) -> None:
        self.clock = clock or CorrectedClock()
        self._options = options
        self._redactor = redactor

    @property
    def files(self) -> tuple[Path, Path]:
        """The configuration file and the credentials file, whether or not they exist."""
        environ = self._options.environ
        return (
            _expanded(environ.get("AWS_CONFIG_FILE", "~/.aws/config")),
            _expanded(environ.get("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")),
        )

    def names(self) -> list[str]:
        """Return the names of all profiles, in order, without a session: that takes ten times as long.

        Raises:
            CredentialsError: a file cannot be read.
        """
        from botocore.configloader import load_config, raw_config_parse
        from botocore.exceptions import BotoCoreError, ConfigNotFound

        configuration, credentials = map(str, self.files)
        found: set[str] = set()
        try:
            with suppress(ConfigNotFound):
                found.update(load_config(configuration)["profiles"])
            with suppress(ConfigNotFound):
                found.update(raw_config_parse(credentials))
        except (BotoCoreError, OSError, ValueError) as error:
            raise _unreadable(error) from error
        return sorted(found)

    @cached_property
    def session(self) -> CodaSession:
        """The botocore session for the profile in use.

        Raises:
            CredentialsError: the profile is unknown, or a file cannot be read.
        """
        from botocore.exceptions import BotoCoreError

        from coda_cli.auth.aws_session import CodaSession

        try:
            return CodaSession(self._options, self._redactor, self.clock)
        except (BotoCoreError, OSError, ValueError) as error:
            raise _unreadable(error) from error

    def config_about(self, word: str) -> ProfileConfig | None:
        """Return the profile's configuration if a file mentions the word, else None."""
        return self.session.profile_config if word in self._text else None

    @property
    def mention_endpoints(self) -> bool:
        """Whether a file speaks of endpoints at all, of this profile or another."""
        return "endpoint_url" in self._text

    def endpoint_config(self) -> ProfileConfig | None:
        """Return the profile's configuration if it may hold endpoint overrides."""
        return self.config_about("endpoint_url")

    def region(self) -> Given | None:
        """Return the region of the environment or the profile, which decides where a host says nothing."""
        return self._options.environment_region or self.profile_region()

    def profile_region(self) -> Given | None:
        """Return the region of the profile; no session is made where no file speaks of one."""
        return self.session.profile_region() if "region" in self._text else None

    def ca_bundle(self) -> str | None:
        """Return the file of certificate authorities that is configured for AWS, or None.

        Raises:
            CredentialsError: there is no such file.
        """
        found = self._options.first_variable("AWS_CA_BUNDLE") or self._profile_bundle()
        found = found or self._options.first_variable("REQUESTS_CA_BUNDLE")
        return None if found is None else existing_file(found)

    def _profile_bundle(self) -> Given | None:
        config = self.config_about("ca_bundle")
        path = config.values.get("ca_bundle") if config else None
        return Given(path, f"ca_bundle of profile {config.name!r}") if config and path else None

    @cached_property
    def _text(self) -> str:
        """Both files' text: enough to tell that they do not speak of something."""
        texts = []
        for path in self.files:
            try:
                texts.append(path.read_bytes().decode(errors="replace").lower())
            except OSError:
                continue
        return "\n".join(texts)


def _unreadable(error: Exception) -> CredentialsError:
    return CredentialsError("AWS's configuration files cannot be read", str(error))


def _expanded(path: str) -> Path:
    # As in botocore: where there is no home folder, ~ stays, and pathlib would raise an error.
    return Path(os.path.expanduser(os.path.expandvars(path)))  # noqa: PTH111 - see above
