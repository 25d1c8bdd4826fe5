"""Where the cache folder is."""

from __future__ import annotations

from pathlib import Path

import pytest

from coda_cli.cache_folder import cache_folder

HOME = {"HOME": "/home/ada"}


@pytest.mark.parametrize(
    ("environ", "platform", "folder"),
    [
        pytest.param(HOME, "linux", "/home/ada/.cache/coda", id="linux"),
        pytest.param(HOME, "darwin", "/home/ada/Library/Caches/coda", id="macos"),
        pytest.param(HOME | {"LOCALAPPDATA": "/local"}, "win32", "/local/coda", id="windows"),
        pytest.param(HOME | {"XDG_CACHE_HOME": "/cache"}, "linux", "/cache/coda", id="xdg"),
        pytest.param(HOME | {"XDG_CACHE_HOME": "/cache"}, "darwin", "/cache/coda", id="xdg on macos"),
        pytest.param(HOME | {"XDG_CACHE_HOME": ""}, "linux", "/home/ada/.cache/coda", id="xdg empty"),
        pytest.param(HOME | {"XDG_CACHE_HOME": "a/b"}, "linux", "/home/ada/.cache/coda", id="xdg relative"),
    ],
)
def test_cache_folder(environ: dict[str, str], platform: str, folder: str) -> None:
    """The cache folder is XDG's where that is set, else the platform's own."""
    assert cache_folder(environ, platform) == Path(folder)


def test_no_home_folder() -> None:
    """Where the home folder is not known there is none."""
    assert cache_folder({"HOME": "~"}, "linux") is None
