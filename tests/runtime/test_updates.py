"""Two-way sync: what an update may say, batches, and what a table's function may give back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from coda_cli import sdk
from coda_cli.errors import FormulaError, ResultError, UsageError
from coda_cli.runtime.updates import update_formula
from tests.runtime.tables import TASK, context, dynamic_table, table, values

if TYPE_CHECKING:
    from collections.abc import Callable


def given_back(context: Any, updates: list[sdk.SyncUpdate], *params: object) -> list[Any]:
    """Accept every update."""
    return [one.new_value for one in updates]


@dataclass
class Calls:
    """A table's function that keeps what it was called with, and does as another one does."""

    does: Callable[..., Any] = given_back
    calls: list[tuple[list[sdk.SyncUpdate], tuple[object, ...]]] = field(default_factory=list)

    def __call__(self, context: Any, updates: list[sdk.SyncUpdate], *params: object) -> Any:
        """Update rows."""
        self.calls.append((updates, params))
        return self.does(context, updates, *params)


def change(number: int, **more: Any) -> dict[str, Any]:
    """One update, in the reference's spelling: a task is renamed."""
    return {
        "previousValue": {"id": number, "name": "a", "done": False},
        "newValue": {"id": number, "name": "b", "done": False},
        **more,
    }


def run(given: object, does: Callable[..., Any] = given_back, *texts: str, **said: Any) -> list[Any]:
    """Run the update of the table of tasks; what is given is text already, or becomes JSON."""
    declared = table(execute_update=does, **said)
    formula = update_formula("Tasks:update", declared, does)
    text = given if isinstance(given, str) else json.dumps(given)
    return list(formula.execute(context(), *values(formula, *texts, text)))


def refused(given: object) -> str:
    """Return all that is said of updates that make no sense; the function is not called."""
    never = Calls()
    with pytest.raises(UsageError) as caught:
        run(given, never)
    assert never.calls == []
    return "\n".join((caught.value.message, *caught.value.details))


def test_an_update_has_both_values_and_the_fields_that_differ() -> None:
    """Rows have their properties' names, and what differs is found if it is not said."""
    does = Calls()
    before = {"task_id": 1, "name": "a"}
    after = {"id": 1, "name": "b", "done": True}
    assert run([{"previous_value": before, "new_value": after}], does) == [after]
    assert does.calls == [
        ([sdk.SyncUpdate({"id": 1, "name": "a"}, after, ["name", "done"])], ("home",)),
    ]


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        pytest.param({}, ["name"], id="derived"),
        pytest.param({"updatedFields": ["done"]}, ["done"], id="said"),
        pytest.param({"updated_fields": ["task_id", "name"]}, ["id", "name"], id="by key"),
        pytest.param({"updatedFields": []}, [], id="none"),
        pytest.param({"newValue": {"id": 1, "name": "a"}}, ["done"], id="left out"),
        pytest.param({"newValue": {"id": 1, "name": "a", "done": None}}, ["done"], id="emptied"),
        pytest.param({"newValue": change(1)["previousValue"]}, [], id="nothing differs"),
    ],
)
def test_updated_fields(said: dict[str, Any], fields: list[str]) -> None:
    """They are what was said, by the names of properties, else those that differ."""
    does = Calls()
    run(change(1, **said), does)
    ((updates, _),) = does.calls
    assert updates[0].updated_fields == fields


@pytest.mark.parametrize(
    ("size", "batches"),
    [
        pytest.param(1, [[1], [2], [3]], id="one by one"),
        pytest.param(2, [[1, 2], [3]], id="two"),
        pytest.param(3, [[1, 2, 3]], id="all"),
        pytest.param(1000, [[1, 2, 3]], id="more than there are"),
    ],
)
def test_updates_come_in_batches(size: int, batches: list[list[int]]) -> None:
    """The function gets as many at once as the table says, and the results are those of all."""
    does = Calls()
    results = run([change(1), change(2), change(3)], does, max_update_batch_size=size)
    assert [[one.new_value["id"] for one in updates] for updates, _ in does.calls] == batches
    assert [one["id"] for one in results] == [1, 2, 3]


@pytest.mark.parametrize(
    ("texts", "params"),
    [
        pytest.param([], ("home",), id="none"),
        pytest.param(["work"], ("work",), id="one"),
        pytest.param(["work", "x", "y"], ("work", "x", "y"), id="repeated"),
    ],
)
def test_updates_are_given_last(texts: list[str], params: tuple[str, ...]) -> None:
    """They stand behind the table's own parameters, those too that can be left out or repeated."""
    does = Calls()
    run([change(1)], does, *texts)
    assert [given for _, given in does.calls] == [params]


def test_a_parameter_of_the_table_may_be_called_updates() -> None:
    """The updates then have another name, so that both can be given by name."""

    def tasks(context: Any, updates: str) -> list[Any]:
        return []

    declared = sdk.new_pack()
    does = Calls()
    declared.sync_table(execute_update=does, schema=TASK)(tasks)
    formula = update_formula("Tasks:update", declared.sync_tables[0], does)
    given = values(formula, updates="mine", updates_=json.dumps(change(1)))
    assert list(formula.execute(context(), *given)) == [change(1)["newValue"]]
    assert does.calls[0][1] == ("mine",)


def test_a_byte_order_mark_is_no_part_of_the_json() -> None:
    """Editors and shells of Windows write one before the text of a file."""
    assert run("\ufeff" + json.dumps(change(1))) == [change(1)["newValue"]]


def test_no_updates() -> None:
    """An empty list calls nothing and gives nothing."""
    does = Calls()
    assert run([], does) == []
    assert does.calls == []


def test_rows_that_are_refused() -> None:
    """An exception that is returned is the row's result: what the pack says, else its class too."""
    errors = [sdk.UserVisibleError("Not today."), ValueError("too long"), KeyError("x"), LookupError()]
    results = run(
        [change(number) for number in range(5)],
        Calls(lambda *_: [*errors, change(4)["newValue"]]),
        max_update_batch_size=5,
    )
    assert results == [
        {"error": "Not today."},
        {"error": "ValueError: too long"},
        {"error": "KeyError: 'x'"},
        {"error": "LookupError"},
        change(4)["newValue"],
    ]


@pytest.mark.parametrize(
    "does",
    [
        pytest.param(lambda context, updates, *params: ({"task_id": 1, "name": "b", "more": 1},), id="tuple"),
        pytest.param(lambda *_: {"result": [{"id": 1, "name": "b"}]}, id="as in the reference"),
        pytest.param(lambda *_: iter([{"id": 1, "name": "b"}]), id="yielded"),
    ],
)
def test_forms_of_results(does: Callable[..., Any]) -> None:
    """Results come as a list, yielded, or in the reference's object, and are mapped by the schema."""
    assert run(change(1), does) == [{"id": 1, "name": "b"}]


@pytest.mark.parametrize(
    ("gives", "said"),
    [
        pytest.param(None, "gave nothing, and no list of results", id="nothing"),
        pytest.param({"id": 1, "name": "b"}, "gave dict, and no list", id="the row itself"),
        pytest.param([], "gave 0 results for 1 updates", id="too few"),
        pytest.param([{}, {}], "gave 2 results for 1 updates", id="too many"),
        pytest.param([{"id": 1}], "Tasks:update[0].name: expected string, came nothing", id="incomplete"),
        pytest.param([None], "Tasks:update[0]: expected object", id="no row"),
        pytest.param([ValueError], "Tasks:update[0]: expected object", id="a class"),
    ],
)
def test_results_that_are_none(gives: object, said: str) -> None:
    """What is not one row or exception for each update is a bad result, and told where."""
    with pytest.raises(ResultError) as caught:
        run(change(1), lambda *_: gives)
    assert said in "\n".join((caught.value.message, *caught.value.details))


def test_results_are_counted_through_all_batches() -> None:
    """The path of a bad row has its place among all of them."""

    def second(context: Any, updates: list[sdk.SyncUpdate], *_: Any) -> list[Any]:
        return [{} if one.new_value["id"] == 2 else one.new_value for one in updates]

    with pytest.raises(ResultError) as caught:
        run([change(1), change(2)], second)
    assert "Tasks:update[1].id" in caught.value.details[0]


def test_what_was_done_before_a_failure_is_given() -> None:
    """An exception that is raised ends the run; the results of the batches before it have come."""

    def fails(context: Any, updates: list[sdk.SyncUpdate], *_: Any) -> list[Any]:
        if updates[0].new_value["id"] == 2:
            raise LookupError("no such task")
        return given_back(context, updates)

    formula = update_formula("Tasks:update", table(execute_update=fails), fails)
    results = formula.execute(context(), *values(formula, json.dumps([change(1), change(2), change(3)])))
    assert next(results) == change(1)["newValue"]
    with pytest.raises(FormulaError, match="Tasks:update failed: LookupError: no such task") as caught:
        next(results)
    assert any("test_updates.py" in line for line in caught.value.details)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param("", "Tasks:update: the updates are no JSON (line 1, column 1)", id="empty"),
        pytest.param("[{'a': 1}]", "no JSON (line 1, column 3)", id="no JSON"),
        pytest.param(
            '[{"previousValue": NaN}]', "the updates are no JSON, which has no NaN", id="no number of JSON"
        ),
        pytest.param("[" * 100_000, "the updates are no JSON", id="too deep"),
        pytest.param('"text"', "the updates are no list of objects", id="text"),
        pytest.param([1], "the updates are no list of objects", id="no objects"),
        pytest.param([[change(1)]], "the updates are no list of objects", id="a list in a list"),
        pytest.param([{}], "updates[0].previous_value: expected a row, came nothing", id="empty object"),
        pytest.param({"newValue": {}}, "updates[0].previous_value: expected a row", id="no previous value"),
        pytest.param(
            [change(1), {"previousValue": {"id": 1, "name": "a"}}],
            "updates[1].new_value: expected a row, came nothing",
            id="no new value",
        ),
        pytest.param(change(1, newValue=[]), "updates[0].new_value: expected a row, came list", id="list"),
        pytest.param(change(1, newValue=None), "updates[0].new_value: expected a row", id="null"),
        pytest.param(
            change(1, values=1),
            "updates[0].values: expected one of previousValue, newValue, updatedFields",
            id="unknown key",
        ),
        pytest.param(
            change(1, new_value={}), "updates[0].new_value: expected new_value in one spelling", id="twice"
        ),
        pytest.param(
            [change(1), change(2, newValue={"id": 2})],
            "updates[1].new_value.name: expected string, came nothing",
            id="required property",
        ),
        pytest.param(
            change(1, newValue={"id": 1, "name": 2}),
            "updates[0].new_value.name: expected string, came int 2",
            id="type",
        ),
        pytest.param(
            change(1, newValue={"id": 1, "name": "b", "nmae": "c"}),
            "updates[0].new_value.nmae: expected the property name, came str 'c'",
            id="mistyped property",
        ),
        pytest.param(
            change(1, previousValue={"id": 1, "name": "b", "x": "c"}),
            "updates[0].previous_value.x: expected a property of the table",
            id="unknown property",
        ),
        pytest.param(
            change(1, updatedFields="name"), "updates[0].updated_fields: expected a list", id="fields as text"
        ),
        pytest.param(
            change(1, updatedFields=["name", "dnoe"]),
            "updates[0].updated_fields[1]: expected the property done, came str 'dnoe'",
            id="unknown field",
        ),
    ],
)
def test_bad_updates(given: object, said: str) -> None:
    """They are mistakes on the command line, found before the first row is updated."""
    assert said in refused(given)


def test_all_that_is_wrong_is_told_at_once() -> None:
    """Each problem of each update has its own line."""
    said = refused([change(1, newValue={"id": 1}), change(2, updatedFields=[3]), {"x": 1}])
    assert [line.partition(":")[0] for line in said.splitlines()[1:]] == [
        "updates[0].new_value.name",
        "updates[1].updated_fields",
        "updates[2].x",
        "updates[2].previous_value",
        "updates[2].new_value",
    ]


def test_a_table_without_a_schema() -> None:
    """Its rows are any objects, and keep all their keys."""
    does = Calls()
    given = {"previousValue": {"x": 1}, "newValue": {"x": 2, "y": [{}]}}
    assert run(given, does, schema=None) == [{"x": 2, "y": [{}]}]
    assert does.calls[0][0][0].updated_fields == ["x", "y"]


@dataclass
class Event:
    """A row with a day."""

    day: date
    count: int


def test_dates_are_text_in_updates() -> None:
    """A property that is a date in Python is text in JSON, and stays it; results may have dates."""
    does = Calls(lambda *_: [Event(date(2026, 2, 1), 2)])
    before, after = ({"day": f"2026-0{month}-01", "count": month} for month in (1, 2))
    assert run({"previousValue": before, "newValue": after}, does, schema=Event) == [after]
    assert does.calls[0][0][0].new_value == after
    with pytest.raises(UsageError) as caught:
        run({"previousValue": before, "newValue": {"day": "soon", "count": 1.5}}, does, schema=Event)
    assert [line.partition(":")[0] for line in caught.value.details] == [
        "updates[0].new_value.day",
        "updates[0].new_value.count",
    ]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        pytest.param("2026-02-01", None, id="the text that came"),
        pytest.param(date(2026, 2, 1), None, id="a date"),
        pytest.param("soon", "Tasks:update[0].day: expected a date", id="another text"),
    ],
)
def test_a_row_may_go_back_as_it_came(day: object, said: str | None) -> None:
    """Dates of a result may be the text that the update had, since a function gives back its new value."""
    after = {"day": "2026-02-01", "count": 2}
    given = {"previousValue": after, "newValue": after}

    def update(context: Any, updates: list[sdk.SyncUpdate], *_: object) -> list[Any]:
        return [{**one.new_value, "day": day} for one in updates]

    if said is None:
        assert run(given, update, schema=Event) == [after]
        return
    with pytest.raises(ResultError) as caught:
        run(given, update, schema=Event)
    assert said in caught.value.details[0]


def test_a_dynamic_table_says_its_schema_first() -> None:
    """Updates are read by it, and the function is told of it."""

    def update(context: Any, updates: list[sdk.SyncUpdate]) -> list[Any]:
        assert context.sync.schema == TASK
        assert context.sync.dynamic_url == "https://a.example"
        return [one.new_value for one in updates]

    declared = dynamic_table(execute_update=update)
    formula = update_formula("Tasks:update", declared, update)

    def results(given: object) -> list[object]:
        url = context("https://a.example")
        return list(formula.execute(url, *values(formula, json.dumps(given))))

    assert results(change(1)) == [change(1)["newValue"]]
    with pytest.raises(UsageError):
        results(change(1, newValue={"id": 1}))
