"""A declaration that makes no sense fails where it is made, or somebody hears of it and the pack goes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from coda_cli import sdk
from coda_cli.errors import DeclarationError
from coda_cli.sdk.declarations import Declaring, Gathering, Kind, heard_by
from coda_cli.sdk.domains import domain_within

T, H = sdk.ValueType, sdk.ValueHintType
KEY = sdk.AuthenticationType.AWS_ACCESS_KEY


CALL = "execute cannot be called with the context and no parameters: missing a required argument: 'first'"


@dataclass
class Row:
    """A row of types that no result has."""

    a: bytes
    b: set[str]


@dataclass
class Table:
    """A table of such rows."""

    name: str
    rows: list[Row]


@dataclass
class Heard:
    """A listener that keeps what it hears."""

    taken: list[tuple[object, object]] = field(default_factory=list)
    errors: list[DeclarationError] = field(default_factory=list)
    kinds: list[Kind] = field(default_factory=list)

    def accepted(self, owner: object, declared: object) -> None:
        """Keep it."""
        self.taken.append((owner, declared))

    def refused(self, error: DeclarationError, kind: Kind) -> None:
        """Keep it."""
        self.errors.append(error)
        self.kinds.append(kind)

    @property
    def messages(self) -> list[str]:
        """What was refused, in words."""
        return [one.message for error in self.errors for one in (error, *error.others)]


@pytest.fixture
def heard() -> Heard:
    """A listener that has heard nothing."""
    return Heard()


def formula(context: object, first: str) -> str:
    """A formula like any other."""
    return first


def test_a_pack_goes_on_without_what_was_refused(heard: Heard) -> None:
    """Each way to declare something is heard of instead of failing, in order; what is right is taken in."""
    pack = sdk.new_pack()
    wrong: Any = "wrong"
    with heard_by(heard):
        pack.set_version("one")
        pack.add_network_domain("a.com/b", "a.com")
        pack.set_user_authentication(type=wrong)
        pack.set_system_authentication(type=KEY, service="s3")
        assert pack.formula(formula) is formula
        assert pack.formula(name="1x")(formula) is formula
        pack.add_formula(name="Formula", execute=formula)
    assert [message.partition(" is ")[0] for message in heard.messages] == [
        "version 'one'",
        "network domain 'a.com/b'",
        "network domain a.com",  # declared twice: with what was meant above
        "authentication: type 'wrong'",
        "formula name '1x' must be letters, digits and underscores, and begin with a letter",
        f"formula Formula, {CALL}",
    ]
    (declared,) = pack.formulas
    assert heard.taken == [(pack, pack.authentication), (pack, declared)]


def test_nobody_hears_outside() -> None:
    """Where a listener has gone, and where none was, a declaration fails."""
    pack = sdk.new_pack()
    with heard_by(Heard()):
        pack.set_version("one")
    with pytest.raises(DeclarationError, match="version 'one'"):
        pack.set_version("one")
    with pytest.raises(DeclarationError, match="text"):
        sdk.make_attribution_node(type=sdk.AttributionNodeType.TEXT)


def test_other_mistakes_fail_all_the_same(heard: Heard) -> None:
    """What is no declaration error is not hidden by a listener, nor by a gathering of contradictions."""
    gathering = Gathering()
    for body in (Declaring(), gathering):
        with heard_by(heard), pytest.raises(ZeroDivisionError), body:
            _ = 1 / 0
    gathering.end()
    assert heard.errors == []


def test_all_contradictions_of_one_declaration() -> None:
    """The first is raised, as for one alone; the others are with it, all named alike."""

    def wrong(
        context: object, a: set[str], b: int = 1, *, c: str = "", d: frozenset[str]
    ) -> dict[str, bytes] | bytes:
        raise NotImplementedError

    with pytest.raises(DeclarationError, match=r"^formula Wrong, parameter a: set") as caught:
        sdk.new_pack().formula(wrong)
    assert [other.message.partition(": ")[0] for other in caught.value.others] == [
        "formula Wrong, parameter c",
        "formula Wrong, parameter d",
        "formula Wrong, result",
    ]
    assert all(other.message.startswith("formula Wrong, ") for other in caught.value.others)


def test_order_and_names_are_told_beside_types(heard: Heard) -> None:
    """A parameter that is refused does not keep the others from being looked at."""

    def wrong(context: object, a: str | None, b: bytes, c: str, *, d: str) -> None:
        raise NotImplementedError

    with heard_by(heard):
        sdk.new_pack().formula(wrong)
    assert [
        message.removeprefix("formula Wrong, parameter ").partition(":")[0] for message in heard.messages
    ] == [
        "b",
        "d",
        "c",
    ]


def test_all_references_of_a_schema(heard: Heard) -> None:
    """Each property that is not there is named."""
    with heard_by(heard):
        sdk.make_object_schema(
            properties={"a": sdk.make_schema(type=T.NUMBER)},
            id_property="b",
            featured_properties=["c", "a"],
            link_property="a",
        )
    assert [message.partition(" is ")[0] for message in heard.messages] == [
        "schema: id_property 'b'",
        "schema: featured_properties 'c'",
        "schema: link_property 'a' must be a url, and it",
    ]


def test_what_is_made_of_a_refused_schema_is_not_refused_for_that(heard: Heard) -> None:
    """As much of a schema remains as makes sense: a link that has one field too many is a link still."""
    with heard_by(heard):
        link = sdk.make_schema(type=T.STRING, coda_type=H.URL, precision=2)
        nobody = sdk.make_schema(type=T.STRING, coda_type=H.SCALE, required=True)
        nothing = sdk.make_schema(type=cast("Any", "text"), coda_type=H.URL)
        row = sdk.make_object_schema(
            properties={"link": link, "id": nobody, "any": nothing},
            id_property="id",
            link_property="link",
            title_property="id",
            image_property="nosuch",
        )
        table = sdk.make_schema(type=T.ARRAY, items=row)
        sdk.new_pack().add_formula(name="F", result_type=T.ARRAY, schema=table, execute=lambda context: [])
    assert len(heard.messages) == 4
    assert (link.type, link.coda_type, link.precision) == (T.STRING, H.URL, None)
    assert (nobody.type, nobody.coda_type, nobody.required) == (T.STRING, None, True)
    assert (nothing, row.id_property) == (sdk.Schema(), "id")


def test_what_remains_of_other_declarations(heard: Heard) -> None:
    """Whatever is refused, the pack gets something of the same kind to go on with."""
    wrong: Any = "number"
    text = sdk.make_schema(type=T.STRING)
    with heard_by(heard):
        parameter = sdk.make_parameter(type=wrong, name="a b")
        assert (parameter.type, parameter.name) == (sdk.ParameterType.NUMBER, "a_b")
        assert sdk.with_identity(text, "Text") is text
        assert sdk.generate_schema({"a": []}).properties == {"a": sdk.Schema()}
        node = sdk.make_attribution_node(type=sdk.AttributionNodeType.LINK)
        row = sdk.make_object_schema(properties={"a": text}, attribution=[node], id_property="a")
        sdk.make_reference_schema_from_object_schema(row, "Rows")
        assert sdk.make_object_schema(properties=wrong) == sdk.Schema(type=T.OBJECT)
        assert sdk.make_schema(type=T.OBJECT) == sdk.Schema(type=T.OBJECT)
    assert len(heard.errors) == 7


def test_a_class_is_refused_once(heard: Heard) -> None:
    """Not again by each formula that returns it, nor by a class that holds it."""
    pack = sdk.new_pack()
    with heard_by(heard):
        assert sdk.schema(id="nosuch")(Row) is Row
        assert sdk.schema(id="name")(Table) is Table
        pack.add_formula(name="Rows", schema=Row, execute=lambda context: [])
        pack.add_formula(name="Table", schema=Table, execute=lambda context: None)
        assert sdk.schema()(cast("Any", formula)) is formula
    assert [message.partition(":")[0] for message in heard.messages] == [
        "Row, property a",
        "Row, property b",
        "schema",
    ]
    assert [one.name for one in pack.formulas] == ["Rows", "Table"]


@pytest.mark.parametrize(
    ("refused", "domain"),
    [
        pytest.param("https://API.example.com/v1/x", "api.example.com", id="URL"),
        pytest.param("example.com/v1", "example.com", id="path"),
        pytest.param("example.com:99999", "example.com:99999", id="port"),
        pytest.param(7, "7", id="no text"),
    ],
)
def test_the_domain_that_was_meant(refused: object, domain: str) -> None:
    """A URL that is refused as a domain names one all the same."""
    assert domain_within(refused) == domain
