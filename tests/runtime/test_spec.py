"""Choosing a formula by its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from coda_cli import sdk
from coda_cli.errors import UsageError
from coda_cli.runtime.loader import LoadedPack
from coda_cli.runtime.spec import choose_formula, nearest


def loaded(*names: str) -> LoadedPack:
    """A pack with formulas of these names."""
    pack = sdk.new_pack()

    def nothing(context: Any) -> None:
        pass

    for name in names:
        pack.formula(name=name)(nothing)
    return LoadedPack(pack, Path("folder/pack.py"))


@pytest.mark.parametrize(
    ("registered", "asked"),
    [
        pytest.param("ListBuckets", "ListBuckets", id="as registered"),
        pytest.param("ListBuckets", "list_buckets", id="the function's spelling"),
        pytest.param("list_buckets", "list_buckets", id="registered as a function's"),
        pytest.param("list_buckets", "ListBuckets", id="registered as a function's, asked in PascalCase"),
    ],
)
def test_either_spelling(registered: str, asked: str) -> None:
    """The command line takes the registered name in either spelling."""
    assert choose_formula(loaded("Other", registered), asked).name == registered


def test_the_exact_name_comes_first() -> None:
    """Of two that are spelled alike, the one that was written is meant."""
    pack = loaded("ListBuckets", "list_buckets")
    assert [choose_formula(pack, name).name for name in ("ListBuckets", "list_buckets")] == [
        "ListBuckets",
        "list_buckets",
    ]


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        pytest.param("ListBucket", "Did you mean ListBuckets or ListObjects?", id="mistyped"),
        pytest.param("list_bukets", "Did you mean ListBuckets or ListObjects?", id="mistyped otherwise"),
        pytest.param("LISTBUCKETS", "Did you mean ListBuckets or ListObjects?", id="another case"),
        pytest.param("Zzz", "It has ListBuckets, ListObjects.", id="nothing like it"),
        pytest.param("", "It has ListBuckets, ListObjects.", id="empty"),
    ],
)
def test_unknown_formulas_get_the_nearest_names(asked: str, hint: str) -> None:
    """A mistyped formula gets the nearest names, another one all of them."""
    with pytest.raises(UsageError) as caught:
        choose_formula(loaded("ListBuckets", "ListObjects"), asked)
    assert caught.value.message == f"pack.py has no formula or sync table {asked!r}"
    assert caught.value.details == (hint,)


def test_a_pack_without_formulas() -> None:
    """Nothing can be near where nothing is."""
    with pytest.raises(UsageError, match=r"pack\.py declares no formula"):
        choose_formula(loaded(), "F")


def test_nearest_are_three_at_most() -> None:
    """A list of names that helps is short."""
    assert len(nearest("name", ["name1", "name2", "name3", "name4"])) == 3
