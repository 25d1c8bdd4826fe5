"""What every test runs in: an environment without anybody's credentials, settings or home."""

from __future__ import annotations

import os
import re
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from tests.emulator_fixture import emulator
from tests.privileges import bound_by_permissions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["emulator"]

SCRUBBED = re.compile(
    r"AWS_.*|CODA_.*|XDG_.*|.*_PROXY|NO_COLOR|FORCE_COLOR|CLICOLOR.*|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE"
    r"|SSL_CERT_FILE|SSL_CERT_DIR|BOTO_CONFIG|NETRC|LINES|COLUMNS",
    re.IGNORECASE,
)
"""Variables that would let a test reach somebody's account, or depend on the machine it runs on."""

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Shells start what they put into the background like this, and what it starts inherits it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def permissions() -> Iterator[None]:
    """Permissions bind the test, also where root runs it."""
    if os.geteuid() == 0 and sys.platform != "linux":
        pytest.skip("root can go without its privileges on Linux only")
    with bound_by_permissions():
        yield


@pytest.fixture(autouse=True)
def scrubbed_environment(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Remove credentials, proxies and colour settings, and give each test an empty home folder."""
    for name in list(os.environ):
        if SCRUBBED.fullmatch(name):
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return home
