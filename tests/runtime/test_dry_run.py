"""A dry run: what is kept, and that nothing of a pack gets past its first request."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from coda_cli import sdk
from coda_cli.errors import FormulaError, HostNotAllowedError, UsageError
from coda_cli.runtime.contexts import RunOptions, check_options, open_context
from coda_cli.runtime.dry_run import DryRun, until_first_request
from coda_cli.runtime.executor import execute_formula
from coda_cli.sdk.formulas import formula_of
from tests.auth.world import EXTERNAL_ID, KEY_ID, ROLE, SECRET, FakeSts

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_EC2_METADATA_DISABLED": "true"}
FIRST, SECOND = "https://s3.eu-west-1.amazonaws.com/first", "https://s3.eu-west-1.amazonaws.com/second"


def pack_of(kind: sdk.AuthenticationType = sdk.AuthenticationType.AWS_ACCESS_KEY) -> sdk.Pack:
    """Declare a pack for S3."""
    pack = sdk.new_pack()
    pack.add_network_domain("amazonaws.com")
    pack.set_user_authentication(type=kind, service="s3")
    return pack


def rehearse(
    function: Callable[[sdk.ExecutionContext], Any], pack: sdk.Pack | None = None, **chosen: Any
) -> DryRun:
    """Run a function as a formula that sends nothing."""
    dry_run = DryRun()
    options = RunOptions(**({"environ": KEYS} | chosen), dry_run=dry_run)
    with open_context(pack or pack_of(), "pack", options) as context, until_first_request(dry_run):
        execute_formula(formula_of(function, name="F"), context, ())
    return dry_run


def kept_path(dry_run: DryRun) -> str | None:
    """Return the path of the request that was kept."""
    return dry_run.kept.request.url.path if dry_run.kept else None


def lets_pass(context: sdk.ExecutionContext) -> None:
    """Handle no error."""
    context.fetcher.fetch("GET", FIRST)
    context.fetcher.fetch("GET", SECOND)


def handles_errors(context: sdk.ExecutionContext) -> None:
    """Handle errors as packs do."""
    try:
        context.fetcher.fetch("GET", FIRST)
    except Exception:  # noqa: BLE001 - as packs do
        context.fetcher.fetch("GET", SECOND)


def handles_everything(context: sdk.ExecutionContext) -> list[int]:
    """Handle what nobody should, and go on."""
    statuses = []
    for url in (FIRST, SECOND):
        try:
            statuses.append(context.fetcher.fetch("GET", url).status)
        except BaseException:  # noqa: BLE001 - as the worst packs do
            continue
    return statuses


def makes_another_error(context: sdk.ExecutionContext) -> None:
    """Turn whatever is raised into an error of its own."""
    try:
        context.fetcher.fetch("GET", FIRST)
    except BaseException as error:
        raise ValueError("no answer") from error


def cleans_up(context: sdk.ExecutionContext) -> None:
    """Send another request when it ends."""
    try:
        context.fetcher.fetch("GET", FIRST)
    finally:
        context.fetcher.fetch("DELETE", SECOND)


def fetches_in_a_thread(context: sdk.ExecutionContext) -> int:
    """Fetch from a thread, and wait for it."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(context.fetcher.fetch, "GET", FIRST).result().status


@pytest.mark.parametrize(
    "function",
    [lets_pass, handles_errors, handles_everything, makes_another_error, cleans_up, fetches_in_a_thread],
)
def test_formula_ends_at_its_first_request(function: Callable[[sdk.ExecutionContext], Any]) -> None:
    """Whatever a pack does about errors, the first request is kept, and no answer is made up."""
    assert kept_path(rehearse(function)) == "/first"


def test_packs_that_catch_everything_get_no_answer() -> None:
    """Each further fetch ends in the same way."""
    answers: list[object] = []
    rehearse(lambda context: answers.append(handles_everything(context)))
    assert answers == [[]]


def test_request_of_many_threads() -> None:
    """Of several requests at once, one is kept."""

    def formula(context: sdk.ExecutionContext) -> None:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: context.fetcher.fetch("GET", FIRST), range(8)))

    assert kept_path(rehearse(formula)) == "/first"


def test_failure_before_a_request() -> None:
    """What goes wrong before, the refusal of a URL too, is told as it is in a real run."""
    with pytest.raises(FormulaError, match="F failed: ZeroDivisionError"):
        rehearse(lambda context: 1 / 0)
    with pytest.raises(HostNotAllowedError):
        rehearse(lambda context: context.fetcher.fetch("GET", "https://example.com/"))
    with pytest.raises(KeyboardInterrupt), until_first_request(DryRun()):
        raise KeyboardInterrupt


def test_no_request() -> None:
    """A formula that fetches nothing ends as it would."""
    dry_run = rehearse(lambda context: "done")
    assert (dry_run.kept, dry_run.whose) == (None, ())


def test_nothing_is_sent_to_sts() -> None:
    """A role is named, and not assumed; where to connect is known."""
    with FakeSts() as sts:
        dry_run = rehearse(
            lets_pass,
            pack_of(sdk.AuthenticationType.AWS_ASSUME_ROLE),
            environ=KEYS | {"AWS_ENDPOINT_URL": sts.url},
            role_arn=ROLE,
            external_id=EXTERNAL_ID,
        )
        assert sts.requests == []
        assert dry_run.kept is not None
        assert str(dry_run.kept.connect_to) == f"{sts.url}/"
    assert ROLE in "\n".join(dry_run.whose)


def test_certificates(tmp_path: Any) -> None:
    """The certificates that a real run would trust are known."""
    bundle = tmp_path / "bundle.pem"
    bundle.touch()
    dry_run = rehearse(lets_pass, environ=KEYS | {"AWS_CA_BUNDLE": str(bundle)})
    assert dry_run.kept is not None
    assert dry_run.kept.ca_bundle == str(bundle)


def test_no_fetch_contradicts() -> None:
    """A run that refuses every request has no first one."""
    with pytest.raises(UsageError, match="--no-fetch"):
        check_options(pack_of().authentication, RunOptions({}, may_fetch=False, dry_run=DryRun()))
