"""``coda execute`` of what a dynamic table says of itself, as people see it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from coda_cli.cli.main import run
from tests.programs import write_pack

if TYPE_CHECKING:
    from pathlib import Path

Capsys = pytest.CaptureFixture[str]

SOURCE = """
    URLS = ["https://a.example/books", "https://a.example/cities"]

    def get_schema(context):
        text = sdk.make_schema(type=sdk.ValueType.STRING, required=True)
        return sdk.make_object_schema(properties={context.sync.dynamic_url.rpartition("/")[2]: text})

    pack.add_dynamic_sync_table(
        name="Lists",
        description="Lists of anything.",
        get_name=lambda context: context.sync.dynamic_url.rpartition("/")[2].title(),
        get_schema=get_schema,
        get_display_url=lambda context: f"{context.sync.dynamic_url}/view",
        list_dynamic_urls=lambda context: URLS,
        search_dynamic_urls=lambda context, search: sdk.autocomplete_search(search, URLS),
        execute_update=lambda context, updates: [one.new_value for one in updates],
        execute=lambda context: sdk.SyncResult([]),
    )

    @pack.formula
    def hello(context) -> str:
        return "hello"
"""
BOOKS = ("--dynamic-url", "https://a.example/books")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a folder with the pack in it."""
    write_pack(tmp_path, SOURCE)
    monkeypatch.chdir(tmp_path)


def execute(capsys: Capsys, *arguments: str) -> tuple[int, str, str]:
    """Run ``coda execute pack.py`` in this process; return its exit code and both streams."""
    exit_code = run(["execute", "pack.py", *arguments])
    out, err = capsys.readouterr()
    return exit_code, out, err


@pytest.mark.parametrize(
    ("arguments", "result"),
    [
        pytest.param(["Lists:getName", *BOOKS], "Books", id="name"),
        pytest.param(["Lists:get_display_url", *BOOKS], "https://a.example/books/view", id="URL"),
        pytest.param(
            ["Lists:getSchema", *BOOKS, "--query", "properties"],
            {"books": {"type": "string", "required": True}},
            id="schema",
        ),
        pytest.param(
            ["Lists:listDynamicUrls", "--query", "[].value"],
            ["https://a.example/books", "https://a.example/cities"],
            id="list of URLs",
        ),
        pytest.param(
            ["Lists:searchDynamicUrls", "CIT", "--query", "[].display"],
            ["https://a.example/cities"],
            id="search for URLs",
        ),
        pytest.param(
            ["Lists:update", '{"previousValue": {"books": "a"}, "newValue": {"books": "b"}}', *BOOKS],
            [{"books": "b"}],
            id="update",
        ),
    ],
)
def test_functions_of_a_dynamic_table(capsys: Capsys, arguments: list[str], result: object) -> None:
    """They print what they give for the table that the URL says, and end with 0."""
    exit_code, out, err = execute(capsys, *arguments)
    assert (exit_code, err) == (0, "")
    assert json.loads(out) == result


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["Lists:getSchema"], "Lists:getSchema needs --dynamic-url", id="schema"),
        pytest.param(["Lists:getName"], "URLs come from Lists:listDynamicUrls and Lists:search", id="hint"),
        pytest.param(["Lists:getName", "--dynamic-url", ""], "needs --dynamic-url", id="empty URL"),
        pytest.param(["Lists:update", "[]"], "Lists:update needs --dynamic-url", id="update"),
        pytest.param(["Hello", *BOOKS], "--dynamic-url does not go with Hello", id="formula"),
        pytest.param(
            ["Lists:update", '{"previousValue": {"books": "a"}, "newValue": {"cities": "b"}}', *BOOKS],
            "updates[0].new_value.cities: expected a property of the table",
            id="row of another table",
        ),
    ],
)
def test_what_is_refused(capsys: Capsys, arguments: list[str], said: str) -> None:
    """Each is a usage error with its own message, and leaves standard output empty."""
    exit_code, out, err = execute(capsys, *arguments)
    assert (exit_code, out) == (2, "")
    assert said in err
