"""Secrets are pushed through every command, every failure and every echo, and seen nowhere."""

from __future__ import annotations

import json
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest

from coda_cli.cli.output import FORMATS
from tests.auth.world import ROLE_TOKEN, FakeSts, write_files
from tests.markers import (
    ENVIRONMENT,
    EXTERNAL_ID,
    FORMS,
    KEY_ID,
    ROLE,
    SECRET,
    TOKEN,
    echoed,
    leaks,
    signatures,
)
from tests.programs import run_coda, write_pack
from tests.refusals import CREDENTIALS, outcome_of
from tests.servers import LoopbackServer
from tests.source_model import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from coda_cli.emulator.running import Emulator
    from tests.refusals import Outcome

    Capture = pytest.CaptureFixture[str]

FORMULAS = """
import logging, os, sys


def fetch(context, **options):
    return context.fetcher.fetch("GET", "https://s3.us-east-1.amazonaws.com/echo", **options)


@pack.formula(description="All of an answer.")
def whole(context: sdk.ExecutionContext) -> object:
    answer = fetch(context)
    return {"headers": dict(answer.headers), "body": answer.body}


@pack.formula(description="An answer's bytes, as text.")
def binary(context: sdk.ExecutionContext) -> object:
    return fetch(context, is_binary_response=True).body.decode()


@pack.formula(description="An exception that holds the answer.")
def broken(context: sdk.ExecutionContext) -> object:
    answer = fetch(context)
    raise KeyError(answer.body, dict(answer.headers))


@pack.formula(description="A message that holds the answer.")
def visible(context: sdk.ExecutionContext) -> object:
    answer = fetch(context)
    raise sdk.UserVisibleError(f"{answer.body} {dict(answer.headers)}")


@pack.formula(description="All of an error.")
def caught(context: sdk.ExecutionContext) -> object:
    try:
        return fetch(context, ignore_redirects=True).body
    except sdk.StatusCodeError as error:
        details = {"message": str(error), "code": error.error_code, "details": error.details}
        return details | {"body": error.body, "headers": dict(error.headers)}


@pack.formula(description="Everything in sight.")
def printed(context: sdk.ExecutionContext) -> str:
    print(fetch(context), os.environ)
    sys.stderr.write(str(dict(os.environ)))
    logging.getLogger("pack").warning("%s", fetch(context).body)
    return os.environ["AWS_SECRET_ACCESS_KEY"]


@pack.formula(description="A secret in an exception.")
def leaking(context: sdk.ExecutionContext, number: int = 0) -> None:
    secret, token = os.environ["AWS_SECRET_ACCESS_KEY"], os.environ["AWS_SESSION_TOKEN"]
    raise ValueError(f"cannot log in as {os.environ['AWS_ACCESS_KEY_ID']} with {secret} and {token}")


@pack.sync_table(description="Rows of an answer, one that is none, and a failure.")
def rows(context: sdk.ExecutionContext):
    secret, token = os.environ["AWS_SECRET_ACCESS_KEY"], os.environ["AWS_SESSION_TOKEN"]
    answer = fetch(context)
    yield {"headers": dict(answer.headers), "body": answer.body}
    yield {secret: token, "text": f"{secret} {token}"}
    yield secret
    return sdk.SyncResult([], continuation={1: token}, deleted_row_ids=[secret])


@pack.formula(description=f"Described with {os.environ.get('AWS_SECRET_ACCESS_KEY')}.")
def described(context: sdk.ExecutionContext) -> dict[str, str]:
    return {os.environ["AWS_SECRET_ACCESS_KEY"]: os.environ["AWS_SESSION_TOKEN"]}
"""
AWS = """
pack.add_network_domain("amazonaws.com")
pack.set_user_authentication(type=sdk.AuthenticationType.{}, service="s3")
"""
REFUSED = """
import os
pack.add_network_domain("/" + os.environ["AWS_SECRET_ACCESS_KEY"])
raise LookupError(os.environ["AWS_SESSION_TOKEN"])
"""
ECHOING = ("Whole", "Binary", "Broken", "Visible", "Caught", "Printed")
PACKS = ("keys.py", "role.py")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run with marked secrets in the environment, in a folder with a pack of either type."""
    monkeypatch.chdir(tmp_path)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    for name, kind in zip(PACKS, ("AWS_ACCESS_KEY", "AWS_ASSUME_ROLE"), strict=True):
        write_pack(tmp_path, AWS.format(kind) + FORMULAS, name)
    write_pack(tmp_path, REFUSED, "refused.py")
    return tmp_path


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackServer]:
    """The service that the packs talk to."""
    with LoopbackServer() as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", running.url)
        yield running


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSts]:
    """An STS that gives out marked keys for the role."""
    with FakeSts() as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", running.url)
        yield running


def check(outcome: Outcome | subprocess.CompletedProcess[str], *servers: LoopbackServer) -> str:
    """Check that nothing leaks, nor a signature that these servers saw; return all that came out."""
    if isinstance(outcome, subprocess.CompletedProcess):
        said = outcome.stdout + outcome.stderr
    else:
        said = outcome.out + outcome.err
    assert said
    assert leaks(said) == []
    assert [signature for server in servers for signature in signatures(server) if signature in said] == []
    return said


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(SECRET, id="plain"),
        pytest.param(f"x{SECRET[5:20]}x", id="half"),
        pytest.param("Marked%2Fsecret%2Bkey", id="in a URL"),
        pytest.param("Marked\\/secret+key", id="in JSON"),
        pytest.param("Marked&#x2F;secret+key", id="in XML"),
        pytest.param(f"****{KEY_ID[-6:]}", id="more than four characters of an id"),
        pytest.param(f"Signature={'0a' * 32}", id="signature"),
    ],
)
def test_leaks_are_seen(text: str) -> None:
    """What the tests of this file look for, they would find."""
    assert leaks(f"some text {text} more text")
    assert not leaks(f"some text ****{KEY_ID[-4:]} Signature=[secret] more text")


@pytest.mark.parametrize("formula", ECHOING)
@pytest.mark.parametrize("form", FORMS)
def test_echoes(capsys: Capture, service: LoopbackServer, form: str, formula: str) -> None:
    """A service that sends back all that it was sent shows nothing, in whatever form it does."""
    service.answer(lambda received: echoed(form, received))
    outcome = outcome_of(capsys, "execute", "keys.py", formula, "--debug", "--retries", "0")
    assert service.requests
    assert service.requests[0].header("X-Amz-Security-Token") == TOKEN
    check(outcome, service)


@pytest.mark.parametrize("form", FORMS)
def test_echoes_of_a_role(capsys: Capture, service: LoopbackServer, sts: FakeSts, form: str) -> None:
    """The keys of an assumed role, which nobody has seen before, are known as well."""
    service.answer(lambda received: echoed(form, received))
    outcome = outcome_of(capsys, "execute", "role.py", "Caught", "--debug", "--retries", "0")
    assert service.requests[0].header("X-Amz-Security-Token") == ROLE_TOKEN
    check(outcome, service, sts)


@pytest.mark.parametrize("option", ["-v", *(f"--output={form}" for form in FORMATS)])
def test_outputs(capsys: Capture, service: LoopbackServer, sts: FakeSts, option: str) -> None:
    """No form of output brings back what another hides, keys of objects included."""
    service.answer(lambda received: echoed("json", received))
    for formula in ("Whole", "Described", "Printed", "Rows"):
        said = check(outcome_of(capsys, "execute", "role.py", formula, option), service, sts)
        assert "[secret]" in said


def test_ids_are_known_by_their_end(capsys: Capture, service: LoopbackServer, sts: FakeSts) -> None:
    """Key ids and external ids are told by their last four characters, which is enough to tell them apart."""
    sts.refusal = ("AccessDenied", "No.")
    said = check(outcome_of(capsys, "execute", "role.py", "Whole", "-v"), sts)
    assert f"****{KEY_ID[-4:]}" in said
    assert f"****{EXTERNAL_ID[-4:]}" in said


def test_signature_of_an_earlier_request(capsys: Capture, service: LoopbackServer, folder: Path) -> None:
    """A service that remembers what it was sent before does not show that either."""
    write_pack(
        folder,
        AWS.format("AWS_ACCESS_KEY") + "@pack.formula(description='Twice.')\n"
        "def twice(context: sdk.ExecutionContext) -> object:\n"
        "    urls = [f'https://s3.us-east-1.amazonaws.com/{number}' for number in range(2)]\n"
        "    return [context.fetcher.fetch('GET', url).body for url in urls]\n",
    )
    service.answer(lambda received: echoed("text", service.requests[0]))
    check(outcome_of(capsys, "execute", "pack.py", "Twice"), service)
    assert len(set(signatures(service))) == 2


def test_signed_url_of_a_pack(capsys: Capture, folder: Path) -> None:
    """A pre-signed URL that fails is not repeated, not even in the tracebacks of the libraries."""
    signature = "0123456789abcdef" * 4
    write_pack(
        folder,
        "pack.add_network_domain('127.0.0.1')\n@pack.formula(description='Get.')\n"
        "def get(context: sdk.ExecutionContext, url: str) -> object:\n"
        "    return context.fetcher.fetch('GET', url, disable_authentication=True).body\n",
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}/k?X-Amz-Credential={KEY_ID}&X-Amz-Signature={signature}"
    said = check(outcome_of(capsys, "execute", "pack.py", "Get", url, "--debug"))
    assert "Max retries exceeded" in said
    assert signature not in said


@pytest.mark.parametrize("form", ["error in xml", "error in text", "error as code"])
def test_refusal_of_a_role_that_echoes(capsys: Capture, sts: FakeSts, form: str) -> None:
    """STS may quote what it was sent, at length; of that, too, no half of a secret is shown."""
    sts.answer(lambda received: echoed(form, received))
    outcome = outcome_of(capsys, "execute", "role.py", "Whole", "--debug")
    assert outcome.code == CREDENTIALS
    check(outcome, sts)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["describe", "keys.py"], id="describe"),
        pytest.param(["describe", "keys.py", "Described"], id="describe a formula"),
        pytest.param(["describe", "keys.py", "--output", "json"], id="describe as JSON"),
        pytest.param(["describe", "keys.py", "--output", "table"], id="describe in tables"),
        pytest.param(["validate", "refused.py"], id="validate"),
        pytest.param(["validate", "refused.py", "--output", "json"], id="validate as JSON"),
        pytest.param(["execute", "keys.py", "Described", "--help"], id="help of a formula"),
        pytest.param(["execute", "keys.py", "Leaking"], id="exception"),
        pytest.param(["execute", "keys.py", "Leaking", "--debug"], id="exception, debugged"),
        pytest.param(["execute", "keys.py", "Leaking", SECRET], id="wrong type"),
        pytest.param(["execute", "keys.py", "Leaking", f"{'x' * 40}{TOKEN}"], id="wrong type, cut"),
        pytest.param(["execute", "keys.py", "Leaking", "1", TOKEN], id="too many"),
        pytest.param(["execute", "keys.py", "Leaking", "--param", f"{SECRET}=1"], id="unknown parameter"),
        pytest.param(["execute", "keys.py", "Leaking", "--param", SECRET[:-1]], id="no value"),
        pytest.param(["execute", "keys.py", SECRET], id="unknown formula"),
        pytest.param(["execute", SECRET, "Whole"], id="unknown pack"),
        pytest.param(["execute", "keys.py", "Whole", "--region", SECRET], id="no region"),
        pytest.param(["execute", "keys.py", "Whole", "--profile", SECRET], id="no profile"),
        pytest.param(["execute", "role.py", "Whole", "--role-arn", SECRET], id="no role"),
        pytest.param(["execute", "keys.py", "Whole", f"--{SECRET}"], id="no option"),
        pytest.param(["execute", "keys.py", "Whole", "--query", f"{SECRET} ("], id="no query"),
        pytest.param(["execute", "keys.py", "Whole", "--output", SECRET], id="no form of output"),
        pytest.param([SECRET], id="no command"),
    ],
)
def test_commands(capsys: Capture, arguments: list[str]) -> None:
    """A secret in the wrong place of a command line, or in a pack's own words, is not repeated."""
    check(outcome_of(capsys, *arguments))


def test_credential_process(capsys: Capture, scrubbed_environment: Path) -> None:
    """A program that fails, and says the secret that it was to give out, is not quoted with it."""
    unknown = "OfNobody/Yet+KnownButOf40Characters00001"
    program = f"sh -c 'echo no access for {SECRET} and {unknown} >&2; exit 3'"
    write_files(scrubbed_environment, f"[profile process]\ncredential_process = {program}\n")
    for option in ("-v", "--debug"):
        outcome = outcome_of(capsys, "execute", "keys.py", "Whole", "--profile", "process", option)
        assert "no access for [secret] and [secret]" in check(outcome)
        assert outcome.code == CREDENTIALS


@pytest.mark.parametrize("kind", ["static", "role", "process"])
def test_secrets_of_profiles(
    capsys: Capture,
    service: LoopbackServer,
    sts: FakeSts,
    scrubbed_environment: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    """What files and programs hold is known as well as what the environment does."""
    for name in ENVIRONMENT:
        monkeypatch.delenv(name)
    keys = {"Version": 1, "AccessKeyId": KEY_ID, "SecretAccessKey": SECRET, "SessionToken": TOKEN}
    (scrubbed_environment / "keys.json").write_text(json.dumps(keys))
    write_files(
        scrubbed_environment,
        f"[profile role]\nrole_arn = {ROLE}\nsource_profile = static\nexternal_id = {EXTERNAL_ID}\n"
        f"[profile process]\ncredential_process = cat {scrubbed_environment}/keys.json\n",
        f"[static]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"
        f"aws_session_token = {TOKEN}\n",
    )
    service.answer(lambda received: echoed("json", received))
    outcome = outcome_of(capsys, "execute", "keys.py", "Whole", "--profile", kind, "--debug")
    assert outcome.code == 0, outcome.err
    assert "[secret]" in check(outcome, service, sts)


def test_process_of_its_own(service: LoopbackServer, sts: FakeSts, folder: Path) -> None:
    """The program as a person starts it hides what the tests' own process hides."""
    service.answer(lambda received: echoed("headers", received))
    for formula in (*ECHOING, "Leaking"):
        check(run_coda("execute", "role.py", formula, "--debug", cwd=folder), service, sts)


@pytest.mark.parametrize(
    ("pack", "changed"),
    [
        pytest.param("s3.py", {}, id="keys"),
        pytest.param("s3_assume_role.py", {}, id="role"),
        pytest.param("s3.py", {"AWS_SECRET_ACCESS_KEY": SECRET}, id="wrong secret"),
        pytest.param("s3_assume_role.py", {"CODA_EXTERNAL_ID": EXTERNAL_ID}, id="wrong external id"),
    ],
)
def test_secrets_of_the_emulator(
    capsys: Capture, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, pack: str, changed: dict[str, str]
) -> None:
    """The emulator's real keys and external id show in nothing that its packs say."""
    monkeypatch.delenv("AWS_SESSION_TOKEN")
    for name, value in {**emulator.environment, **changed}.items():
        monkeypatch.setenv(name, value)
    said = check(outcome_of(capsys, "execute", ROOT / "packs" / pack, "ListBuckets", "--debug"))
    ids = (emulator.keys.access_key_id, emulator.role.external_id)
    assert leaks(said, [emulator.keys.secret_access_key], ids) == []
