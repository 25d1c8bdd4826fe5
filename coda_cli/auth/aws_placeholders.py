"""What stands in the place of AWS credentials in a dry run: the variables that hold them, as in a shell.

Signed requests of a dry run are told by these from requests that a pack signed itself. It knows nothing of
either.
"""

from __future__ import annotations

KEY_ID = "$AWS_ACCESS_KEY_ID"
SECRET = "$AWS_SECRET_ACCESS_KEY"  # noqa: S105 - the name of a variable
TOKEN = "$AWS_SESSION_TOKEN"  # noqa: S105 - the name of a variable


def variables(*, has_token: bool) -> str:
    """Name the variables in a sentence."""
    names = [name.removeprefix("$") for name in (KEY_ID, SECRET, *((TOKEN,) if has_token else ()))]
    return f"{', '.join(names[:-1])} and {names[-1]}"
