"""``coda execute``: run a formula or sync table of a pack and print its result."""

from __future__ import annotations

import os
import re
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coda_cli.cli.completion import complete_file, complete_formula, complete_profile
from coda_cli.cli.dry_run import show_dry_run
from coda_cli.cli.help import show
from coda_cli.cli.log import logged_to
from coda_cli.cli.messages import pack_output, progress
from coda_cli.cli.output import FORMATS, write_text
from coda_cli.cli.queries import compile_query
from coda_cli.cli.sync_progress import SyncProgress
from coda_cli.cli.values import ValueSource
from coda_cli.errors import UsageError
from coda_cli.runtime.contexts import (
    DEFAULT_MAX_ROWS,
    DEFAULT_RETRIES,
    DEFAULT_TIMEOUT,
    RunOptions,
    check_options,
    open_context,
)
from coda_cli.runtime.executor import execute_formula
from coda_cli.runtime.invocations import choose_invocation
from coda_cli.runtime.loader import load_pack
from coda_cli.runtime.parameters import read_parameters
from coda_cli.runtime.spec import names_of_formulas
from coda_cli.sdk.context import Sync

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from coda_cli.cli.session import Session
    from coda_cli.cli.sync import TableRun
    from coda_cli.runtime.dry_run import DryRun
    from coda_cli.runtime.invocations import Invocation
    from coda_cli.runtime.loader import LoadedPack
    from coda_cli.runtime.sync import SyncLimits

_NEGATIVE_NUMBER = re.compile(r"-\.?\d")
_A_DAY = 86400
_MOST_RETRIES = 100
_SHORTEST_SESSION, _LONGEST_SESSION = 900, 43200  # seconds that AWS takes
_NOT_AN_OPTION = "\0"  # no argument of a process can hold it


@dataclass(frozen=True, slots=True)
class Given:
    """What a formula or table is given on the command line: by position, by name, and which table."""

    texts: Sequence[str]
    pairs: Sequence[tuple[str, str]]
    dynamic_url: str | None = None

    @classmethod
    def read(cls, params: Sequence[str], named: Sequence[str], dynamic_url: str | None) -> Given:
        """Return it with what stands for values replaced: files, standard input."""
        source = ValueSource()
        texts, pairs = [source.text(word) for word in params], [source.pair(word) for word in named]
        return cls(texts, pairs, dynamic_url)


class ExecuteCommand(click.Command):
    """``execute``, where a number is never an option and ``--help`` knows the formula."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse; numbers are marked so that the parser takes ``-1`` for a value."""
        marked = self._mark_numbers(args)
        if self._asks_for_help(marked) and not ctx.resilient_parsing:
            ctx.resilient_parsing = True
            super().parse_args(ctx, [arg for arg in marked if arg != "--help"])
            self._show_help(ctx)
        return super().parse_args(ctx, marked)

    def _mark_numbers(self, args: list[str]) -> list[str]:
        takes_value = {
            name
            for param in self.params
            if isinstance(param, click.Option) and not param.is_flag
            for name in param.opts
        }
        marked: list[str] = []
        for position, arg in enumerate(args):
            if arg == "--":
                return marked + args[position:]
            is_value = position > 0 and args[position - 1] in takes_value
            is_number = not is_value and _NEGATIVE_NUMBER.match(arg)
            marked.append(_NOT_AN_OPTION + arg if is_number else arg)
        return marked

    @staticmethod
    def _asks_for_help(args: list[str]) -> bool:
        return "--help" in (args[: args.index("--")] if "--" in args else args)

    @staticmethod
    def _show_help(ctx: click.Context) -> None:
        """Show the help of the formula if one is named, else that of the command."""
        pack, formula = ctx.params.get("pack"), ctx.params.get("formula")
        if pack is None or formula is None:
            show(ctx, ctx.get_help())
        from coda_cli.cli.descriptions import RedactedFormatter, describe_formula

        with pack_output(ctx.obj.messages) as out:
            loaded = load_pack(pack)
            formatter = RedactedFormatter(ctx, ctx.obj.redactor)
            chosen = choose_invocation(loaded, formula, ctx.params.get("authentication"))
            describe_formula(loaded, chosen.formula, formatter)
            write_text(formatter.getvalue(), out)
        ctx.exit()


def _unmark(_ctx: click.Context, _param: click.Parameter, given: Any) -> Any:
    """Take the mark off one word, or off each of several."""
    if isinstance(given, tuple):
        return tuple(word.removeprefix(_NOT_AN_OPTION) for word in given)
    return given.removeprefix(_NOT_AN_OPTION) if isinstance(given, str) else given


def _path(ctx: click.Context, param: click.Parameter, given: str | None) -> Path | None:
    return None if given is None else Path(_unmark(ctx, param, given))


def _dry_run(_ctx: click.Context, _param: click.Parameter, given: bool) -> DryRun | None:
    if not given:
        return None
    from coda_cli.runtime.dry_run import DryRun

    return DryRun()


def _limits(ctx: click.Context, param: click.Parameter, given: str | None) -> SyncLimits | None:
    """Read ``--max-rows``; None where it is not given."""
    if given is None:
        return None
    from coda_cli.cli.sync import limits_of_option

    return limits_of_option(ctx, param, given)


def _seconds(_ctx: click.Context, _param: click.Parameter, value: float) -> float:
    if not 0 < value <= _A_DAY:  # so that nan is refused too
        raise click.BadParameter(f"must be a number of seconds above 0, and {_A_DAY} at most")
    return value


def _count(_ctx: click.Context, _param: click.Parameter, value: int) -> int:
    if not 0 <= value <= _MOST_RETRIES:
        raise click.BadParameter(f"must be a whole number from 0 to {_MOST_RETRIES}")
    return value


@click.command("execute", cls=ExecuteCommand, add_help_option=False)
@click.argument("pack", callback=_path, shell_complete=complete_file)
@click.argument(
    "formula", callback=_unmark, required=False, metavar="FORMULA", shell_complete=complete_formula
)
@click.argument("params", nargs=-1, callback=_unmark)
@click.option("--param", "named", metavar="NAME=VALUE", multiple=True, help="A parameter by its name.")
@click.option(
    "--profile",
    metavar="NAME",
    help="Call AWS with this profile of the AWS CLI.",
    shell_complete=complete_profile,
)
@click.option("--region", metavar="REGION", help="Sign for this AWS region instead of the host's.")
@click.option("--role-arn", metavar="ARN", help="Assume this role; goes with --external-id.")
@click.option("--external-id", metavar="ID", help="The external id that the role's trust policy asks for.")
@click.option("--session-name", metavar="NAME", help="Name the role's session, as CloudTrail shows it.")
@click.option(
    "--duration",
    metavar="SECONDS",
    type=click.IntRange(_SHORTEST_SESSION, _LONGEST_SESSION),
    help="How long the role's session shall last. Default: AWS's, one hour.",
)
@click.option("--no-cache", is_flag=True, help="Use no role's session of an earlier run, and keep none.")
@click.option("--authentication", metavar="NAME", help="Run with this one of the pack's authentications.")
@click.option(
    "--output",
    "output_format",
    type=click.Choice(FORMATS),
    help="The form of the result. Default: for people on a terminal, else json.",
)
@click.option("--query", metavar="JMESPATH", help="Print what this JMESPath query finds in the result.")
@click.option(
    "--max-rows",
    metavar="NUMBER",
    callback=_limits,
    help=f"End a sync table after so many rows, or not: all. Default: {DEFAULT_MAX_ROWS}.",
)
@click.option("--dynamic-url", metavar="URL", help="Which table of a dynamic sync table is meant.")
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=float,
    default=DEFAULT_TIMEOUT,
    show_default=True,
    callback=_seconds,
    help="How long one request may take as a whole.",
)
@click.option(
    "--retries",
    metavar="NUMBER",
    type=int,
    default=DEFAULT_RETRIES,
    show_default=True,
    callback=_count,
    help="How often a request that failed may be sent again; 0 for never.",
)
@click.option("--no-fetch", is_flag=True, help="Refuse every request.")
@click.option(
    "--dry-run",
    is_flag=True,
    callback=_dry_run,
    help="Send nothing; print the first request as a command of curl.",
)
@click.option(
    "--allow-multiple-network-domains",
    is_flag=True,
    help="Run a pack that declares more than one network domain.",
)
@click.option("-v", "--verbose", is_flag=True, help="Tell which credentials, region and requests are used.")
@click.option("--debug", is_flag=True, help="Tell everything, with tracebacks; still without secrets.")
@click.option("--help", "help_", is_flag=True, expose_value=False, help="Show this, or a formula's help.")
@click.pass_obj
def execute(
    session: Session,
    /,
    pack: Path,
    formula: str | None,
    params: tuple[str, ...],
    named: tuple[str, ...],
    authentication: str | None,
    output_format: str | None,
    query: str | None,
    max_rows: SyncLimits | None,
    dynamic_url: str | None,
    verbose: bool,
    debug: bool,
    no_fetch: bool,
    **chosen: Any,
) -> None:
    """Run FORMULA of PACK, a formula or a sync table, with PARAMS and print the result.

    \b
      coda execute packs/hello.py Hello World
      coda execute packs/s3.py ListObjects my-bucket logs/ --output table
      coda execute packs/s3.py ListObjects --help

    PARAMS are given by position, or by --param. A value @FILE is read from a file and - from standard
    input; @@x and \\- are the texts themselves. Lists are separated by commas, or a JSON array.

    FORMULA may be what stands beside one: Name:autocomplete:PARAM, Name:validateParameters, Table:update,
    :incremental, :permissions, :getSchema, :getName, :getDisplayUrl, :listDynamicUrls, :searchDynamicUrls,
    Auth:getConnectionName, Auth:postSetup:setEndpoint:STEP.

    Standard output carries the result only. Exit codes: 0 done, 1 the formula failed, 2 usage, 3 the
    pack is invalid, 4 credentials, 5 a request failed, 130 interrupted.
    """  # noqa: D301 - the backspace is click's mark of a paragraph to be left alone
    session.debug = debug
    redactor = session.redactor
    redactor.add_masked(chosen["external_id"])
    compiled = compile_query(query)
    with logged_to(session.messages, verbose=verbose, debug=debug), pack_output(session.messages) as out:
        loaded = load_pack(pack)
        if formula is None:
            raise UsageError(f"{loaded.file_name}: which formula or sync table?", names_of_formulas(loaded))
        invocation = choose_invocation(loaded, formula, authentication)
        told = SyncProgress(invocation.formula.name)
        options = RunOptions(
            os.environ, may_fetch=not no_fetch, redactor=redactor, on_request=told.count_request, **chosen
        )
        _check_options(invocation, options, dynamic_url, max_rows)
        given = Given.read(params, named, dynamic_url)
        rows = None
        if invocation.formula.gives_rows:
            from coda_cli.cli.sync import TableRun

            rows = TableRun(session, out, told, max_rows, output_format, None if query is None else compiled)
        with progress(session.messages, told, shown=not verbose and not debug):
            result = _run(loaded, invocation, options, given, rows)
        if options.dry_run is not None:
            show_dry_run(session, options.dry_run, invocation.formula.name, out)
        elif rows is None:
            session.show(compiled(redactor.value(result)), output_format, out)


def _check_options(
    invocation: Invocation, options: RunOptions, dynamic_url: str | None, max_rows: object
) -> None:
    """Refuse what only others have: other authentications, sync tables; and a dynamic one without a URL."""
    connection = invocation.connection
    check_options(connection.authentication, options, connection.used_by)
    formula, table = invocation.formula, invocation.table
    if max_rows is not None and not invocation.is_sync:
        raise UsageError(f"--max-rows does not go with {formula.name}", "It goes with sync tables.")
    if table is not None or dynamic_url is not None:
        from coda_cli.runtime.dynamic_tables import check_dynamic_url

        check_dynamic_url(formula.name, table, dynamic_url, is_needed=invocation.needs_dynamic_url)


def _run(
    loaded: LoadedPack, invocation: Invocation, options: RunOptions, given: Given, rows: TableRun | None
) -> object:
    """Run what was chosen, with parameters that are read first; rows are printed as they come.

    None where a dry run ended it.
    """
    formula, result = invocation.formula, None
    with open_context(
        loaded.pack, loaded.path.stem, options, path=loaded.path, connection=invocation.connection
    ) as opened:
        context = replace(opened, sync=Sync(dynamic_url=given.dynamic_url))
        values = read_parameters(formula, given.texts, given.pairs, context.timezone)
        with _until_first_request(options.dry_run):
            if rows is None:
                result = execute_formula(formula, context, values)
            else:
                rows.run_invocation(invocation, context, values, is_shown=options.dry_run is None)
    return result


def _until_first_request(dry_run: DryRun | None) -> AbstractContextManager[None]:
    if dry_run is None:
        return nullcontext()
    from coda_cli.runtime.dry_run import until_first_request

    return until_first_request(dry_run)
