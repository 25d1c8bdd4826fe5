"""What the whole program says of each refusal of AWS's, in every form that its services give it in."""

from __future__ import annotations

import json
import ssl
from html import escape
from typing import TYPE_CHECKING

import pytest

from tests.auth.world import (
    KEY_ID,
    MARKED,
    ROLE_KEY_ID,
    SECRET,
    TOKEN,
    FakeSts,
    set_keys,
    write_files,
)
from tests.programs import write_pack
from tests.refusals import CREDENTIALS, REQUEST_FAILED, check_execute, outcome_of
from tests.servers import Answer, LoopbackServer
from tests.source_model import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Capture = pytest.CaptureFixture[str]

LONG = "The request signature we calculated does not match. " + "The canonical string was: " + "x" * 500
NOW = ("Date", "Mon, 23 Nov 2026 12:00:00 GMT")

FORMS: dict[str, Callable[[str, str], Answer]] = {
    "S3's XML": lambda code, said: Answer(
        403,
        (("x-amz-request-id", "REQ-1"),),
        f"<Error><Code>{code}</Code><Message>{escape(said)}</Message></Error>".encode(),
    ),
    "XML of query services": lambda code, said: Answer(
        403,
        (("Content-Type", "text/xml"),),
        f"<ErrorResponse><Error><Code>{code}</Code><Message>{escape(said)}</Message></Error>"
        "<RequestId>REQ-1</RequestId></ErrorResponse>".encode(),
    ),
    "EC2's XML": lambda code, said: Answer(
        401,
        (),
        f"<Response><Errors><Error><Code>{code}</Code><Message>{escape(said)}</Message></Error></Errors>"
        "<RequestID>REQ-1</RequestID></Response>".encode(),
    ),
    "__type": lambda code, said: Answer(
        400,
        (("x-amzn-RequestId", "REQ-1"),),
        json.dumps({"__type": f"com.amazon.coral.service#{code}", "message": said}).encode(),
    ),
    "code": lambda code, said: Answer(
        400, (("x-amzn-requestid", "REQ-1"),), json.dumps({"code": code, "message": said}).encode()
    ),
    "Code": lambda code, said: Answer(
        400, (("x-amzn-requestid", "REQ-1"),), json.dumps({"Code": code, "Message": said}).encode()
    ),
    "header": lambda code, said: Answer(
        403,
        (
            ("x-amzn-errortype", f"{code}:http://internal.amazon.com/coral/com.amazon.coral.service/"),
            ("x-amzn-requestid", "REQ-1"),
        ),
        json.dumps({"message": said}).encode(),
    ),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in an empty folder with keys in the environment."""
    monkeypatch.chdir(tmp_path)
    set_keys(monkeypatch)
    return tmp_path


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackServer]:
    """Whatever service the pack talks to."""
    with LoopbackServer() as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL", running.url)
        yield running


def pack(folder: Path, service: str = "sqs", kind: str = "AWS_ACCESS_KEY", method: str = "GET") -> Path:
    """Write a pack whose formula ``Ask`` asks a service."""
    return write_pack(
        folder,
        f"""
        pack.add_network_domain("amazonaws.com")
        pack.set_user_authentication(type=sdk.AuthenticationType.{kind}, service={service!r})

        @pack.formula(description="Ask.")
        def ask(context: sdk.ExecutionContext, host: str = "{service}.eu-west-1.amazonaws.com") -> str:
            return str(context.fetcher.fetch({method!r}, f"https://{{host}}/x").body)
        """,
    )


def check(said: str, *, secrets: tuple[str, ...] = (*MARKED, KEY_ID, ROLE_KEY_ID)) -> None:
    """Check that nothing secret is in what was said, and no line is of a length to be read past."""
    assert [secret for secret in secrets if secret in said] == []
    assert max(map(len, said.splitlines())) < 450


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("code", "message", "exit_code", "advice"),
    [
        pytest.param(
            "SignatureDoesNotMatch", LONG, CREDENTIALS, "the secret access key is another", id="signature"
        ),
        pytest.param(
            "InvalidSignatureException", LONG, CREDENTIALS, "-v shows the canonical request", id="JSON's"
        ),
        pytest.param("IncompleteSignature", "", CREDENTIALS, "a proxy changed the request", id="incomplete"),
        pytest.param(
            "AuthorizationHeaderMalformed",
            "the region 'eu-west-1' is wrong; expecting 'us-west-2'",
            CREDENTIALS,
            "give --region us-west-2",
            id="region",
        ),
        pytest.param("InvalidClientTokenId", "", CREDENTIALS, "belongs to another partition", id="key"),
        pytest.param(
            "UnrecognizedClientException", "", CREDENTIALS, "deleted or deactivated", id="JSON's key"
        ),
        pytest.param("InvalidAccessKeyId", "", CREDENTIALS, "deleted or deactivated", id="S3's key"),
        pytest.param("AuthFailure", "", CREDENTIALS, "deleted or deactivated", id="EC2's key"),
        pytest.param("InvalidToken", "", CREDENTIALS, "needs its session token", id="token"),
        pytest.param("MissingAuthenticationToken", "", CREDENTIALS, "saw no signature", id="no signature"),
        pytest.param(
            "MissingAuthenticationTokenException", "", CREDENTIALS, "API Gateway", id="no such path"
        ),
        pytest.param("ExpiredToken", "", CREDENTIALS, "Get new keys and set AWS_ACCESS_KEY_ID", id="expired"),
        pytest.param("ExpiredTokenException", "", CREDENTIALS, "The session is over", id="JSON's expired"),
        pytest.param("RequestTimeTooSkewed", "", CREDENTIALS, "compare `date -u`", id="skew"),
        pytest.param(
            "InvalidSignatureException", "Signature expired: 2026 …", CREDENTIALS, "clock", id="JSON's skew"
        ),
        pytest.param(
            "AccessDenied",
            "User: arn:aws:iam::123456789012:user/dev is not authorized",
            REQUEST_FAILED,
            "the policies of this principal",
            id="denied",
        ),
        pytest.param(
            "AccessDeniedException", "", REQUEST_FAILED, "service control policy", id="JSON's denied"
        ),
    ],
)
def test_rows(
    capsys: Capture,
    folder: Path,
    service: LoopbackServer,
    form: str,
    code: str,
    message: str,
    exit_code: int,
    advice: str,
) -> None:
    """Each row says what was refused, by whom it was signed, what to do, and the request's id; once."""
    service.answer(FORMS[form](code, message))
    said = check_execute(
        capsys,
        exit_code,
        (
            code,
            "signed for sqs in eu-west-1 by key ****E001, from AWS_ACCESS_KEY_ID",
            advice,
            "Request id: REQ-1",
        ),
        pack(folder),
        "Ask",
    )
    check(said)
    assert len(service.requests) == 1


@pytest.mark.parametrize("form", FORMS)
def test_only_debug_tells_the_whole_message(
    capsys: Capture, folder: Path, service: LoopbackServer, form: str
) -> None:
    """AWS's message is one line, cut; with --debug it is whole."""
    service.answer(FORMS[form]("SignatureDoesNotMatch", f"{LONG}\nThe end."))
    short = outcome_of(capsys, "execute", pack(folder), "Ask", "-v").err
    assert "The service says: The request signature we calculated" in short
    assert "The end." not in short
    check(short)
    assert "The end." in outcome_of(capsys, "execute", pack(folder), "Ask", "--debug").err


def test_canonical_request_is_shown_with_v(capsys: Capture, folder: Path, service: LoopbackServer) -> None:
    """-v shows the canonical request of a refused signature, without the token; without -v it is said how."""
    service.answer(FORMS["__type"]("InvalidSignatureException", ""))
    path = pack(folder)
    assert "-v shows the canonical request" in outcome_of(capsys, "execute", path, "Ask").err
    said = outcome_of(capsys, "execute", path, "Ask", "-v").err
    assert "-v shows" not in said
    assert "coda: canonical request of the refused signature:\n  GET\n  /x\n" in said
    assert "  host:sqs.eu-west-1.amazonaws.com\n" in said


def test_session_token_is_not_shown(
    capsys: Capture, folder: Path, service: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that is part of the canonical request stays out of it, with --debug too."""
    set_keys(monkeypatch, token=TOKEN)
    service.answer(FORMS["S3's XML"]("SignatureDoesNotMatch", f"canonical: x-amz-security-token:{TOKEN}"))
    for option in ("-v", "--debug"):
        said = outcome_of(capsys, "execute", pack(folder, "s3"), "Ask", option).err
        assert "x-amz-security-token:[secret]" in said
        assert TOKEN not in said
        assert SECRET not in said


def test_service_word_is_named(capsys: Capture, folder: Path, service: LoopbackServer) -> None:
    """A word that AWS does not sign by leads to the one to declare."""
    service.answer(FORMS["header"]("InvalidSignatureException", ""))
    said = ("signed for bedrock-runtime in eu-west-1", "service='bedrock'")
    check_execute(capsys, CREDENTIALS, said, pack(folder, "bedrock-runtime"), "Ask")


def test_clock_is_told(capsys: Capture, folder: Path, service: LoopbackServer) -> None:
    """A clock that was corrected, and refused still, is told with its difference."""
    service.answer(
        Answer(
            403,
            (("Date", "Tue, 24 Nov 2020 12:00:00 GMT"),),
            b"<Error><Code>RequestTimeTooSkewed</Code></Error>",
        )
    )
    outcome = outcome_of(capsys, "execute", pack(folder, "s3"), "Ask", "-v")
    assert outcome.code == CREDENTIALS
    assert " days ahead: signing by AWS's from now on" in outcome.err
    assert " days ahead: set it." in outcome.err
    assert len(service.requests) == 2


def test_denied_role_is_named(
    capsys: Capture, folder: Path, service: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service that denies a role names the role, exits with 5, and asks STS nothing more."""
    service.answer(FORMS["__type"]("AccessDeniedException", "no"))
    with FakeSts() as sts:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.url)
        role = "arn:aws:iam::123456789012:role/reader"
        said = (f"by key {'*' * 4}0003, from role {role}, assumed with AWS_ACCESS_KEY_ID", "policies")
        options = ("--role-arn", role, "--external-id", "tenant-0815")
        check_execute(capsys, REQUEST_FAILED, said, pack(folder, kind="AWS_ASSUME_ROLE"), "Ask", *options)
        assert len(sts.requests) == 1


def test_head_says_nothing(capsys: Capture, folder: Path, service: LoopbackServer) -> None:
    """A refused HEAD has no reason in it: how to see one is said."""
    service.answer(Answer(403), Answer(400))
    path = pack(folder, "s3", method="HEAD")
    check_execute(capsys, REQUEST_FAILED, ("403 Forbidden", "by key ****E001", "GET the same"), path, "Ask")
    check_execute(capsys, REQUEST_FAILED, ("400 Bad Request", "GET the same"), path, "Ask")


def test_program_of_a_profile(capsys: Capture, folder: Path, scrubbed_environment: Path) -> None:
    """The first line of what a credential_process says when it fails is told, and nothing secret of it."""
    program = f"sh -c 'echo no access for {SECRET} >&2; echo call the office >&2; exit 3'"
    write_files(scrubbed_environment, f"[profile process]\ncredential_process = {program}\n")
    said = check_execute(
        capsys,
        CREDENTIALS,
        ("the credential_process of profile 'process'", "exit status 3", "no access for [secret]"),
        *(pack(folder), "Ask", "--profile", "process"),
    )
    assert "office" not in said
    check(said)


@pytest.mark.parametrize(
    ("kind", "variable", "code"),
    [
        pytest.param("AWS_ACCESS_KEY", "AWS_ENDPOINT_URL_SQS", REQUEST_FAILED, id="data"),
        pytest.param("AWS_ASSUME_ROLE", "AWS_ENDPOINT_URL_STS", CREDENTIALS, id="STS"),
    ],
)
def test_certificate(
    capsys: Capture, folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str, variable: str, code: int
) -> None:
    """A certificate that nobody vouches for leads to the three places of a bundle, for STS as for data."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ROOT / "tests/fetching/loopback.pem")
    role = ("--role-arn", "arn:aws:iam::123456789012:role/reader", "--external-id", "tenant-0815")
    with LoopbackServer(tls=context) as server:
        monkeypatch.setenv(variable, server.url)
        options = role if kind == "AWS_ASSUME_ROLE" else ()
        said = check_execute(capsys, code, ("cannot be verified",), pack(folder, kind=kind), "Ask", *options)
    assert [
        place for place in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "profile's ca_bundle") if place not in said
    ] == []
    assert server.requests == []
