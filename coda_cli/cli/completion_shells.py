"""How a shell asks for completion, and is answered: the script that makes it ask, and its idea of a word.

click does most of it. Owns where click's answer and a shell's idea of a word differ; what is offered is
``completion``'s.
"""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Any

from click.shell_completion import BashComplete, CompletionItem, FishComplete, ShellComplete, ZshComplete

from coda_cli.cli.output import write_text
from coda_cli.errors import UsageError

if TYPE_CHECKING:
    import click

    Items = list[CompletionItem[str]]

_BREAKS = "=:"


def answer_shell(command: click.Command, variable: str) -> int:
    """Write what a shell asks for by a variable of the environment.

    ``bash_source`` asks for the script that makes bash ask, and ``bash_complete``, set by that script, for
    what completes the line in ``COMP_WORDS``.

    Raises:
        UsageError: the variable asks for nothing that there is.
    """
    request = os.environ[variable]
    shell, _, what = request.partition("_")
    if shell not in _SHELLS or what not in ("source", "complete"):
        raise UsageError(
            f"{variable}={request} asks for nothing that coda has",
            f"It has {', '.join(f'{name}_source' for name in _SHELLS)}.",
        )
    asking = _SHELLS[shell](command, {}, "coda", variable)
    if what == "source":
        write_text(asking.source())
        return 0
    try:
        found = asking.complete()
    except Exception:  # noqa: BLE001 - in the middle of somebody's line nothing can be said
        return 0
    if found:
        write_text(f"{found}\n")
    return 0


class _WholeWords(ShellComplete):
    """A shell that replaces the whole word, where click completes what stands behind ``--option=``."""

    def get_completions(self, args: list[str], incomplete: str) -> Items:
        """Return click's completions, each for the whole word."""
        found = super().get_completions(args, incomplete)
        option, equals, _ = incomplete.partition("=")
        if equals and option.startswith("--"):
            for item in found:
                item.value = f"{option}={item.value}"
        return found


class _Bash(_WholeWords, BashComplete):
    """bash, which cuts words at ``=`` and ``:`` too, as in ``--output=json`` and in an ARN."""

    _cut = 0

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the last one and the last one, put together again."""
        before, last = super().get_completion_args()
        *args, incomplete = _joined([*before, last])
        self._cut = len(incomplete) - (len(last) if last.strip(_BREAKS) else 0)
        return args, incomplete

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """Give the part that bash replaces, quoted: it is put into the line as it is."""
        rest = item.value[self._cut :]
        return f"{item.type},{shlex.quote(rest) if rest else ''}"


def _joined(words: list[str]) -> list[str]:
    whole: list[str] = []
    goes_on = False
    for word in words:
        is_break = bool(word) and not word.strip(_BREAKS)
        if whole and word and (is_break or goes_on):
            whole[-1] += word
        else:
            whole.append(word)
        goes_on = is_break
    return whole


class _Zsh(_WholeWords, ZshComplete):
    """zsh."""


class _Fish(_WholeWords, FishComplete):
    """fish, whose script takes a comma in a description for its end."""

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Write a description without commas."""
        item.help = item.help and item.help.replace(",", ";")
        return super().format_completion(item)


_SHELLS: dict[str, type[ShellComplete]] = {"bash": _Bash, "zsh": _Zsh, "fish": _Fish}
