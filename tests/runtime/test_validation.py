"""Values checked against schemas."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coda_cli import sdk
from coda_cli.runtime.validation import compiled
from coda_cli.sdk.schemas import Schema

if TYPE_CHECKING:
    from coda_cli.runtime.json_values import Problem

V = sdk.ValueType
H = sdk.ValueHintType
TEXT = sdk.make_schema(type=V.STRING)
NOON = datetime(2026, 1, 31, 12)


def text(hint: sdk.ValueHintType | None = None, **given: Any) -> Schema:
    """A schema of a text."""
    return sdk.make_schema(type=V.STRING, coda_type=hint, **given)


def number(hint: sdk.ValueHintType | None = None, **given: Any) -> Schema:
    """A schema of a number."""
    return sdk.make_schema(type=V.NUMBER, coda_type=hint, **given)


def checked(schema: Schema, value: object) -> tuple[object, list[str]]:
    """The JSON value, and what is wrong with it."""
    problems: list[Problem] = []
    made = compiled(schema, UTC)(value, "F", problems)
    return made, [str(problem) for problem in problems]


OWNER = sdk.make_object_schema(
    coda_type=H.PERSON,
    properties={"email": text(H.EMAIL, required=True, from_key="mail"), "name": TEXT},
    id_property="email",
)
ITEM = sdk.make_object_schema(
    properties={
        "id": sdk.make_schema(type=V.NUMBER),
        "title": text(required=True, from_key="Title"),
        "page": text(H.URL),
        "owner": OWNER,
        "tags": sdk.make_schema(type=V.ARRAY, items=TEXT),
    },
    id_property="id",
)


class Colour(StrEnum):
    """A text with a name."""

    RED = "red"


@dataclasses.dataclass
class Item:
    """A row as an instance, with a field that is not declared."""

    id: int
    Title: str
    owner: object = None
    secret: str = "not declared"


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        pytest.param(text(H.URL), "https://a.com", "https://a.com", id="url"),
        pytest.param(text(H.URL), "", "", id="blank url"),
        pytest.param(text(H.EMAIL), "", "", id="blank email"),
        pytest.param(text(H.DATE), "2026-01-31", "2026-01-31", id="date as text"),
        pytest.param(text(H.DATE), date(2026, 1, 31), "2026-01-31", id="date"),
        pytest.param(text(H.DATE_TIME), NOON, "2026-01-31T12:00:00+00:00", id="datetime"),
        pytest.param(text(H.TIME), NOON, "2026-01-31T12:00:00+00:00", id="time of a datetime"),
        pytest.param(TEXT, NOON, "2026-01-31T12:00:00+00:00", id="datetime for text"),
        pytest.param(TEXT, Colour.RED, "red", id="named text"),
        pytest.param(number(H.SCALE, maximum=5), 5, 5, id="scale"),
        pytest.param(number(H.SLIDER, maximum=1), 0.5, 0.5, id="slider"),
        pytest.param(Schema(type=V.ARRAY), [1, "a"], [1, "a"], id="array of anything"),
        pytest.param(Schema(type=V.OBJECT), {"a": (1,)}, {"a": [1]}, id="any object"),
        pytest.param(OWNER, {"mail": "a@b.com", "x": 1}, {"email": "a@b.com"}, id="from_key, undeclared"),
        pytest.param(OWNER, {"email": "a@b.com"}, {"email": "a@b.com"}, id="its own name"),
        pytest.param(
            OWNER,
            MappingProxyType({"mail": "a@b.com", "name": None}),
            {"email": "a@b.com", "name": None},
            id="None",
        ),
        pytest.param(
            ITEM, {"Title": "t", "id": 0, "tags": []}, {"id": 0, "title": "t", "tags": []}, id="0 is an id"
        ),
        pytest.param(
            ITEM,
            Item(1, "t", {"mail": "a@b.com"}),
            {"id": 1, "title": "t", "owner": {"email": "a@b.com"}},
            id="instance",
        ),
        pytest.param(
            sdk.make_object_schema(properties={"a": TEXT}, include_unknown_properties=True),
            {"a": "x", "b": NOON},
            {"a": "x", "b": "2026-01-31T12:00:00+00:00"},
            id="undeclared kept",
        ),
        pytest.param(
            sdk.make_object_schema(properties={"a": text(from_key="x"), "b": text(from_key="x")}),
            {"x": "1"},
            {"a": "1", "b": "1"},
            id="one key for two",
        ),
        pytest.param(
            sdk.make_object_schema(properties={"a": text(from_key="b"), "b": text(from_key="a")}),
            {"b": "1"},
            {"a": "1"},
            id="keys exchanged",
        ),
    ],
)
def test_values_that_fit(schema: Schema, value: object, expected: object) -> None:
    """Keys are mapped, undeclared ones dropped, and all becomes JSON."""
    assert checked(schema, value) == (expected, [])


def test_properties_stand_in_the_order_of_the_schema() -> None:
    """However a row was put together, its columns are where the author put them."""
    made, _ = checked(ITEM, {"tags": [], "id": 1, "Title": "t"})
    assert isinstance(made, dict)
    assert list(made) == ["id", "title", "tags"]


@pytest.mark.parametrize(
    ("schema", "value", "said"),
    [
        pytest.param(
            text(H.URL), "http://a.com", "F: expected an https: or data: URL, came str 'http:", id="url"
        ),
        pytest.param(text(H.EMAIL), "ada", "F: expected an email address, came str 'ada'", id="email"),
        pytest.param(text(H.EMAIL), NOON, "F: expected email, came datetime", id="date for email"),
        pytest.param(text(H.DATE), "soon", "F: expected a date in ISO 8601, such as", id="date"),
        pytest.param(
            number(H.DATE), "2026-01-31", "F: expected date as a number, came str", id="text for number"
        ),
        pytest.param(
            number(H.SLIDER, maximum=1), 2, "F: expected a number from 0 to 1, came int 2", id="slider"
        ),
        pytest.param(number(H.SCALE, maximum=5), 2.5, "F: expected a whole number from 0 to 5", id="scale"),
        pytest.param(number(), Colour.RED, "F: expected number, came str 'red'", id="named text for number"),
        pytest.param(sdk.make_schema(type=V.BOOLEAN), "true", "F: expected boolean, came str", id="boolean"),
        pytest.param(
            OWNER, {"mail": "ada"}, "F.email: expected an email address, came str 'ada'", id="person"
        ),
        pytest.param(OWNER, {}, "F.email: expected email that is not empty, came nothing", id="no person"),
        pytest.param(
            OWNER, {"mail": ""}, "F.email: expected email that is not empty, came str ''", id="blank"
        ),
        pytest.param(OWNER, ["ada"], "F: expected person, came list ['ada']", id="list for object"),
        pytest.param(ITEM, {"id": 1}, "F.title: expected string, came nothing", id="required"),
        pytest.param(
            ITEM,
            {"id": 1, "Title": None},
            "F.title: expected string, came nothing (None)",
            id="required None",
        ),
        pytest.param(
            ITEM, {"Title": "t"}, "F.id: expected number that is not empty, came nothing", id="id missing"
        ),
        pytest.param(
            ITEM, {"Title": "t", "id": None}, "F.id: expected number that is not empty", id="id None"
        ),
        pytest.param(
            ITEM,
            {"Title": "t", "id": 1, "tags": ["a", 2]},
            "F.tags[1]: expected string, came int 2",
            id="item",
        ),
        pytest.param(
            ITEM,
            {"Title": "t", "id": 1, "owner": {"mail": "x"}},
            "F.owner.email: expected an email address, came str 'x'",
            id="nested",
        ),
        pytest.param(
            sdk.make_schema(type=V.ARRAY, items=TEXT),
            ["a", None],
            "F[1]: expected string, came nothing",
            id="gap",
        ),
    ],
)
def test_values_that_do_not_fit(schema: Schema, value: object, said: str) -> None:
    """What is wrong is told with its path, what was expected and what came."""
    _, (problem,) = checked(schema, value)
    assert problem.startswith(said)


def test_a_person_has_an_email_whatever_its_hint() -> None:
    """The id of a person is checked as an email address even where the property does not say so."""
    person = sdk.make_object_schema(
        coda_type=H.PERSON, properties={"id": text(required=True)}, id_property="id"
    )
    assert checked(person, {"id": "ada"})[1] == ["F.id: expected an email address, came str 'ada'"]


def test_all_problems_of_a_row_are_found() -> None:
    """Each property is looked at, whatever is wrong with the others."""
    _, problems = checked(ITEM, {"id": "", "page": "x", "owner": {"mail": 1}, "tags": "a"})
    assert [problem.partition(":")[0] for problem in problems] == [
        *("F.id", "F.title", "F.page", "F.owner.email", "F.tags"),
    ]


def test_rows_can_be_left_out_one_by_one() -> None:
    """One compiled schema serves all rows of a table, and a list that has grown tells which are bad."""
    check = compiled(ITEM, UTC)
    problems: list[Problem] = []
    kept = []
    for at, row in enumerate([{"id": 1, "Title": "a"}, {"id": 2}, {"id": 3, "Title": "c"}]):
        before = len(problems)
        made = check(row, f"Items[{at}]", problems)
        if len(problems) == before:
            kept.append(made)
    assert kept == [{"id": 1, "title": "a"}, {"id": 3, "title": "c"}]
    assert [problem.path for problem in problems] == ["Items[1].title"]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.datetimes(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["id", "Title", "page", "owner", "mail", "tags"]) | st.integers(), inner
        )
    ),
    max_leaves=10,
)


@given(value=ANYTHING)
def test_what_has_no_problem_is_json(value: object) -> None:
    """Whatever comes, a check raises nothing, and what it finds right can be written as JSON."""
    for schema in (ITEM, OWNER, Schema(), text(H.DATE), sdk.make_schema(type=V.ARRAY, items=ITEM)):
        made, problems = checked(schema, value)
        if not problems:
            json.dumps(made, allow_nan=False)


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param(Schema(), id="anything"),
        pytest.param(Schema(type=V.OBJECT), id="any object"),
        pytest.param(sdk.make_object_schema(properties={}, include_unknown_properties=True), id="undeclared"),
    ],
)
def test_values_that_contain_themselves(schema: Schema) -> None:
    """A cycle is a problem, not the end of the interpreter."""
    around: dict[str, object] = {}
    around["again"] = [around]
    _, (problem,) = checked(schema, around)
    assert problem.startswith("F: expected a value that is not nested too deeply and does not contain itself")
