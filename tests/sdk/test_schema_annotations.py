"""Schemas from Python types."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import (  # noqa: UP035 - authors still write List
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    List,
    NotRequired,
    Required,
    TypedDict,
)

import pytest

from coda_cli import sdk
from coda_cli.errors import DeclarationError
from coda_cli.sdk.schema_annotations import declared_schema, schema_of
from coda_cli.sdk.schemas import Schema

if TYPE_CHECKING:
    from decimal import Decimal

V = sdk.ValueType
H = sdk.ValueHintType
TEXT = Schema(type=V.STRING)
MUST = Schema(type=V.STRING, required=True)
SLIDER = sdk.make_schema(type=V.NUMBER, coda_type=H.SLIDER, maximum=10)


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        pytest.param(str, TEXT, id="str"),
        pytest.param(int, Schema(type=V.NUMBER, python_type=int), id="int"),
        pytest.param(float, Schema(type=V.NUMBER), id="float"),
        pytest.param(bool, Schema(type=V.BOOLEAN), id="bool"),
        pytest.param(
            datetime, Schema(type=V.STRING, coda_type=H.DATE_TIME, python_type=datetime), id="datetime"
        ),
        pytest.param(date, Schema(type=V.STRING, coda_type=H.DATE, python_type=date), id="date"),
        pytest.param(sdk.Html, Schema(type=V.STRING, coda_type=H.HTML), id="Html"),
        pytest.param(sdk.Markdown, Schema(type=V.STRING, coda_type=H.MARKDOWN), id="Markdown"),
        pytest.param(sdk.Email, Schema(type=V.STRING, coda_type=H.EMAIL), id="Email"),
        pytest.param(sdk.Image, Schema(type=V.STRING, coda_type=H.IMAGE_REFERENCE), id="Image"),
        pytest.param(sdk.File, Schema(type=V.STRING, coda_type=H.ATTACHMENT), id="File"),
        pytest.param(list[str], Schema(type=V.ARRAY, items=TEXT), id="list"),
        pytest.param(Sequence[str], Schema(type=V.ARRAY, items=TEXT), id="Sequence"),
        pytest.param(list, Schema(type=V.ARRAY), id="bare list"),
        pytest.param(List, Schema(type=V.ARRAY), id="bare List"),  # noqa: UP006 - as above
        pytest.param(Sequence, Schema(type=V.ARRAY), id="bare Sequence"),
        pytest.param(list[Any], Schema(type=V.ARRAY, items=Schema()), id="list of Any"),
        pytest.param(
            list[str | None],
            Schema(type=V.ARRAY, items=Schema(type=V.STRING, nullable=True)),
            id="list with gaps",
        ),
        pytest.param(dict, Schema(type=V.OBJECT), id="dict"),
        pytest.param(dict[str, int], Schema(type=V.OBJECT), id="dict of something"),
        pytest.param(Mapping, Schema(type=V.OBJECT), id="bare Mapping"),
        pytest.param(Mapping[str, Any], Schema(type=V.OBJECT), id="Mapping"),
        pytest.param(Any, Schema(), id="Any"),
        pytest.param(None, Schema(nullable=True), id="None"),
        pytest.param(str | None, Schema(type=V.STRING, nullable=True), id="or None"),
        pytest.param(Annotated[str, "x"], Schema(type=V.STRING, description="x"), id="text"),
        pytest.param(
            Annotated[str, H.URL, "x"],
            Schema(type=V.STRING, coda_type=H.URL, description="x"),
            id="hint and text",
        ),
        pytest.param(
            Annotated[Annotated[str, "x"] | None, H.URL],
            Schema(type=V.STRING, coda_type=H.URL, description="x", nullable=True),
            id="within each other",
        ),
        pytest.param(Annotated[float, SLIDER], SLIDER, id="schema"),
        pytest.param(
            Annotated[int, SLIDER], dataclasses.replace(SLIDER, python_type=int), id="schema of an int"
        ),
        pytest.param(Annotated[Any, SLIDER], SLIDER, id="schema of anything"),
        pytest.param(
            Annotated[float, "x", SLIDER], dataclasses.replace(SLIDER, description="x"), id="text and schema"
        ),
        pytest.param(
            Annotated[float, SLIDER, "x"], dataclasses.replace(SLIDER, description="x"), id="schema and text"
        ),
        pytest.param(Annotated[str, 7, sdk.Parameter()], TEXT, id="notes for others"),
    ],
)
def test_types(annotation: Any, expected: Schema) -> None:
    """Each type that a result can have is a schema."""
    assert schema_of(annotation) == expected


@pytest.mark.parametrize(
    ("annotation", "named"),
    [
        pytest.param(bytes, "bytes", id="bytes"),
        pytest.param(set[str], r"set\[str\]", id="set"),
        pytest.param(list[bytes], "bytes", id="list of bytes"),
        pytest.param(int | str, r"int \| str", id="union"),
        pytest.param(complex, "complex", id="complex"),
        pytest.param([1], r"\[1\]", id="no type"),
        pytest.param("str", "str", id="text"),
    ],
)
def test_what_no_result_can_be(annotation: Any, named: str) -> None:
    """Anything else is a declaration error."""
    with pytest.raises(DeclarationError, match=f"^result: {named} is not a type"):
        schema_of(annotation)


@sdk.schema(id="email", display="name", coda_type=H.PERSON)
@dataclasses.dataclass
class Owner:
    """A person, as a dataclass."""

    email: Annotated[str, H.EMAIL]
    name: str


@sdk.schema(
    id="key",
    display="title",
    featured=["owner"],
    title="title",
    link="page",
    subtitle=["owner.name"],
    identity="Thing",
    description="A thing.",
)
@dataclasses.dataclass
class Thing:
    """A row, as a dataclass."""

    kind: ClassVar[str] = "thing"
    key: str
    title: str
    page: Annotated[str | None, H.URL, "Where it is."]
    owner: Owner
    tags: list[str] = dataclasses.field(default_factory=list)
    score: Annotated[float, SLIDER] = 0


@sdk.schema(id="email", display="name", coda_type=H.PERSON)
class OwnerDict(TypedDict):
    """The same person, as a TypedDict."""

    email: Annotated[str, H.EMAIL]
    name: str


@sdk.schema(
    id="key",
    display="title",
    featured=["owner"],
    title="title",
    link="page",
    subtitle=["owner.name"],
    identity="Thing",
    description="A thing.",
)
class ThingDict(TypedDict, total=False):
    """The same row, as a TypedDict."""

    key: Required[str]
    title: Required[str]
    page: Annotated[str, H.URL, "Where it is."]
    owner: Required[OwnerDict]
    tags: list[str]
    score: Annotated[float, SLIDER]


SPELLED_OUT = sdk.make_object_schema(
    description="A thing.",
    properties={
        "key": sdk.make_schema(type=V.STRING, required=True),
        "title": sdk.make_schema(type=V.STRING, required=True),
        "page": sdk.make_schema(type=V.STRING, coda_type=H.URL, description="Where it is."),
        "owner": sdk.make_object_schema(
            coda_type=H.PERSON,
            properties={
                "email": sdk.make_schema(type=V.STRING, coda_type=H.EMAIL, required=True),
                "name": sdk.make_schema(type=V.STRING, required=True),
            },
            id_property="email",
            display_property="name",
            required=True,
        ),
        "tags": sdk.make_schema(type=V.ARRAY, items=sdk.make_schema(type=V.STRING)),
        "score": sdk.make_schema(type=V.NUMBER, coda_type=H.SLIDER, maximum=10),
    },
    id_property="key",
    display_property="title",
    featured_properties=["owner"],
    title_property="title",
    link_property="page",
    subtitle_properties=["owner.name"],
    identity={"name": "Thing"},
)


@pytest.mark.parametrize(
    "cls", [pytest.param(Thing, id="dataclass"), pytest.param(ThingDict, id="TypedDict")]
)
def test_one_schema_however_it_is_declared(cls: Any) -> None:
    """A dataclass, a TypedDict and the schema spelled out are the same."""
    assert schema_of(cls) == SPELLED_OUT
    assert schema_of(list[cls]) == sdk.make_schema(type=V.ARRAY, items=SPELLED_OUT)
    assert declared_schema(cls) == declared_schema(SPELLED_OUT)


class Partly(TypedDict):
    """Keys that may be left out, in each spelling."""

    always: str
    perhaps: NotRequired[str]
    nothing: str | None
    anything: Any


def test_what_a_row_can_do_without() -> None:
    """A property is required unless it may be left out, may be None or may be anything."""
    properties = schema_of(Partly).properties or {}
    assert [name for name, one in properties.items() if one.required] == ["always"]
    assert not any(one.nullable for one in properties.values())


def test_decorated_classes_are_unchanged() -> None:
    """The decorator gives the class back, and a class derived from it has the same to say."""

    @dataclasses.dataclass
    class Special(Thing):
        weight: float = 0

    assert Thing("k", "t", None, Owner("a@b.com", "A")).score == 0
    assert schema_of(Special).id_property == "key"
    assert "weight" in (schema_of(Special).properties or {})


@dataclasses.dataclass
class Node:
    """A class that holds itself."""

    name: str
    below: list[Node]


@dataclasses.dataclass
class Chicken:
    """A class that holds itself by way of another."""

    egg: Egg


class Egg(TypedDict):
    """What comes first."""

    chicken: Chicken | None


@dataclasses.dataclass
class Holder:
    """A property that no schema has, below another."""

    inner: Inner


@dataclasses.dataclass
class Inner:
    """A property that no schema has."""

    blob: list[bytes]


@dataclasses.dataclass
class Contradicting:
    """A hint that does not go with the type."""

    size: Annotated[int, H.URL]


@dataclasses.dataclass
class Unresolved:
    """A type that is imported for type checkers only."""

    amount: Decimal


@dataclasses.dataclass
class Mistyped:
    """A type of the sdk, mistyped."""

    text: sdk.Hmtl  # type: ignore[name-defined]  # what must not work


@dataclasses.dataclass
class Disagreeing:
    """A type and a schema that say different things."""

    size: Annotated[str, SLIDER]


@pytest.mark.parametrize(
    ("annotation", "said"),
    [
        pytest.param(Node, "result, property below: Node holds itself, and a schema cannot", id="itself"),
        pytest.param(list[Chicken], "result, property egg.chicken: Chicken holds itself", id="by another"),
        pytest.param(Holder, "result, property inner.blob: bytes is not a type that a result", id="nested"),
        pytest.param(
            Contradicting, "result, property size: the hint url does not go with the type number", id="hint"
        ),
        pytest.param(Unresolved, "result: name 'Decimal' is not defined", id="name"),
        pytest.param(
            Mistyped, "result: module 'coda_cli.sdk' has no attribute 'Hmtl'", id="member of a module"
        ),
        pytest.param(
            Disagreeing,
            "result, property size: the annotation says string, its schema says slider",
            id="schema",
        ),
        pytest.param(Annotated[Any, H.URL], "result: the hint url needs a type", id="hint of anything"),
        pytest.param(
            Annotated[list[str], H.URL], "result: the hint url does not go with the", id="hint of list"
        ),
        pytest.param(
            Annotated[Inner, H.PERSON],
            "result, property blob: bytes is not a type",
            id="person of a class that is none",
        ),
    ],
)
def test_classes_that_make_no_sense(annotation: Any, said: str) -> None:
    """Each is refused with the path to the property."""
    with pytest.raises(DeclarationError) as caught:
        schema_of(annotation)
    assert said in caught.value.message


def test_the_same_class_twice_is_no_cycle() -> None:
    """A class may stand in several places, as long as it is not inside itself."""

    @dataclasses.dataclass
    class Pair:
        first: Owner
        second: Owner

    assert list(schema_of(Pair).properties or {}) == ["first", "second"]


def test_contradictions_fail_where_the_class_is_decorated() -> None:
    """The decorator finds what is wrong at once, and names the class."""
    with pytest.raises(DeclarationError, match="Inner2: id_property 'nam' is not one of its properties"):

        @sdk.schema(id="nam")
        @dataclasses.dataclass
        class Inner2:
            name: str


def test_the_decorator_stands_above_the_dataclass() -> None:
    """A class that is no dataclass yet is refused with the reason."""
    with pytest.raises(DeclarationError) as caught:

        @dataclasses.dataclass
        @sdk.schema(id="name")
        class Early:
            name: str

    assert "Early is no dataclass and no TypedDict" in caught.value.message
    assert "above @dataclass" in caught.value.details[0]


def test_a_decorated_class_may_name_one_further_down() -> None:
    """What is not there yet is looked at where the class is used."""

    @sdk.schema(id="nam")
    @dataclasses.dataclass
    class Early:
        name: Later  # type: ignore[name-defined]  # noqa: F821 - that is the test

    with pytest.raises(DeclarationError, match="name 'Later' is not defined"):
        schema_of(Early)
