"""What ``coda execute --dry-run`` prints: the command on standard output, all else on standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coda_cli.cli.output import write_text

if TYPE_CHECKING:
    from typing import TextIO

    from coda_cli.cli.session import Session
    from coda_cli.runtime.dry_run import DryRun


def show_dry_run(session: Session, dry_run: DryRun, formula: str, out: TextIO) -> None:
    """Print the first request of a formula as a command, and what must be known to run it."""
    if dry_run.kept is None:
        session.messages.write(f"{formula} sent no request, so there is none to show.\n")
        return
    from coda_cli.runtime.curl import curl_command

    command = curl_command(dry_run.kept)
    whose = dry_run.whose if command.is_signed else ()
    said = (f"Nothing was sent. This is the first request of {formula}.", *whose, *command.notes)
    session.messages.write("\n".join(said) + "\n")
    write_text(f"{session.redactor.message(command.text)}\n", out)
