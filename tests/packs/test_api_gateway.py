"""``api_gateway.py``: signed requests to an API at an address that each person configures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from coda_cli.emulator.filling import ANSWERS, API, STAGE
from coda_cli.errors import UserVisibleError
from tests.packs.running import call, execute, result
from tests.packs.scripted_fetcher import scripted

if TYPE_CHECKING:
    from coda_cli.emulator.running import Emulator

ADDRESS = f"https://execute-api.us-east-1.amazonaws.com/_aws/execute-api/{API}/{STAGE}"


def environment(emulator: Emulator, **more: str) -> dict[str, str]:
    """The emulator's environment, with the address of its API."""
    return {**emulator.environment, "CODA_ENDPOINT_URL": ADDRESS, **more}


@pytest.mark.parametrize("path", ["/orders", "orders"])
def test_get(emulator: Emulator, path: str) -> None:
    """A path is asked for below the address, and the answer is the result as it is."""
    found = result(environment(emulator), "api_gateway.py", "Get", path, "customer=ada", "paid=true")
    assert found == ANSWERS["GET"][1]


def test_send(emulator: Emulator) -> None:
    """JSON is sent, and what the API answers is the result."""
    made = result(environment(emulator), "api_gateway.py", "Send", "POST", "/orders", '{"total": 12.5}')
    assert made == ANSWERS["POST"][1]


def test_the_signature_is_checked(emulator: Emulator) -> None:
    """The API refuses a request that another secret signed: it is the signature that lets the others in."""
    done = execute(environment(emulator, AWS_SECRET_ACCESS_KEY="x" * 40), "api_gateway.py", "Get", "/orders")
    assert (done.returncode, done.stdout) == (4, "")
    assert "It was signed for execute-api in us-east-1" in done.stderr


def test_no_address(emulator: Emulator) -> None:
    """Without an address the person is told how to configure one."""
    done = execute(emulator.environment, "api_gateway.py", "Get", "/orders")
    assert (done.returncode, done.stdout) == (4, "")
    assert "CODA_ENDPOINT_URL" in done.stderr


def test_an_address_elsewhere(emulator: Emulator) -> None:
    """Nothing is signed for an address outside the declared domain."""
    elsewhere = environment(emulator, CODA_ENDPOINT_URL="https://api.example.com/prod")
    done = execute(elsewhere, "api_gateway.py", "Get", "/orders")
    assert (done.returncode, done.stdout) == (4, "")
    assert "api.example.com" in done.stderr


def test_query() -> None:
    """Names may be repeated, and values hold any character."""
    context, fetcher = scripted({})
    call("api_gateway.py", "Get", context, "/orders", "name=a b&c", "tag=x", "tag=y=z")
    assert fetcher.requests[0]["url"] == "/orders?name=a%20b%26c&tag=x&tag=y%3Dz"


def test_nothing_to_send() -> None:
    """A request without a body has none, and is not said to be JSON."""
    context, fetcher = scripted({})
    call("api_gateway.py", "Send", context, "DELETE", "/orders/1")
    assert fetcher.requests == [{"method": "DELETE", "url": "/orders/1", "body": None}]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["Get", "/orders", "customer"], "write NAME=VALUE", id="no value"),
        pytest.param(["Get", "/orders", "=ada"], "write NAME=VALUE", id="no name"),
        pytest.param(["Send", "POST", "/orders", "{total: 1}"], "The body is not JSON", id="no JSON"),
    ],
)
def test_bad_arguments(arguments: list[str], said: str) -> None:
    """What cannot be read is refused before anything is sent."""
    context, fetcher = scripted()
    with pytest.raises(UserVisibleError, match=said):
        call("api_gateway.py", arguments[0], context, *arguments[1:])
    assert fetcher.requests == []
