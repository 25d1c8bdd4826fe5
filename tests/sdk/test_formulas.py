"""What a formula is, and every declaration that makes no sense."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Annotated, Any

import pytest

from coda_cli import sdk
from coda_cli.errors import DeclarationError
from coda_cli.sdk.formulas import formula_of, pascal_case

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

T = sdk.ParameterType


def greet(context: sdk.ExecutionContext, name: Annotated[str, "Who."], *rest: str) -> str:
    """Greet somebody, or
    more than one.

    This paragraph is for those who read the source.
    """  # noqa: D205 - a paragraph of two lines is the test
    return " ".join(["Hello", name, *rest])


def test_a_function_is_read_as_a_formula() -> None:
    """Name, description, parameters and result come from the function."""
    formula = formula_of(greet)
    assert formula.name == "Greet"
    assert formula.description == "Greet somebody, or more than one."
    assert [(one.name, one.type, one.description) for one in formula.parameters] == [
        ("name", T.STRING, "Who.")
    ]
    assert [(one.name, one.type) for one in formula.vararg_parameters] == [("rest", T.STRING)]
    assert formula.result.type is sdk.ValueType.STRING
    assert formula.execute is greet
    assert not formula.is_action


def test_what_is_given_comes_before_what_is_read() -> None:
    """``name=``, ``description=`` and ``is_action=`` win over the function's own."""
    formula = formula_of(greet, name="Salute", description="Says it.", is_action=True)
    assert (formula.name, formula.description, formula.is_action) == ("Salute", "Says it.", True)


def test_without_docstring_there_is_no_description() -> None:
    """A formula may have no description at all."""

    def bare(context):  # type: ignore[no-untyped-def]  # a function without any annotation
        return None

    assert formula_of(bare).description == ""
    assert formula_of(bare).result.type is None


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        pytest.param("list_buckets", "ListBuckets", id="two words"),
        pytest.param("get", "Get", id="one word"),
        pytest.param("listBuckets", "ListBuckets", id="camelCase"),
        pytest.param("ListBuckets", "ListBuckets", id="PascalCase"),
        pytest.param("get_s3_object", "GetS3Object", id="digit"),
        pytest.param("_private", "Private", id="underscore first"),
        pytest.param("get_URL", "GetURL", id="capitals stay"),
    ],
)
def test_names_in_pascal_case(name: str, spelled: str) -> None:
    """The name of a formula is the function's in PascalCase."""
    assert pascal_case(name) == spelled


def test_annotations_may_be_text() -> None:
    """``from __future__ import annotations``, as in this very file, changes nothing."""

    def typed(context: sdk.ExecutionContext, day: sdk.Html, ns: list[int | None] = []) -> list[str]:  # noqa: B006 - the default is only looked at
        return []

    types = [one.type for one in formula_of(typed).parameters]
    assert types == [T.HTML, T.SPARSE_NUMBER_ARRAY]


def test_wrapped_functions_keep_their_signature() -> None:
    """A decorator between, written with ``functools.wraps``, hides nothing."""

    @functools.wraps(greet)
    def wrapped(*args: Any) -> Any:
        return greet(*args)

    formula = formula_of(wrapped)
    assert (formula.name, formula.parameters) == ("Greet", formula_of(greet).parameters)
    assert formula.execute is wrapped


def without_context() -> str:
    """Take nothing."""
    return ""


def only_keywords(*, context: sdk.ExecutionContext) -> str:
    """Take the context by keyword."""
    return ""


def only_varargs(*everything: Any) -> str:
    """Take anything."""
    return ""


def forgotten_context(name: str, other: int = 1) -> str:
    """Take a parameter where the context is passed."""
    return name


def keyword_only(context: sdk.ExecutionContext, *, limit: int = 1) -> str:
    """Take a parameter by keyword."""
    return ""


def keywords(context: sdk.ExecutionContext, **options: str) -> str:
    """Take any keyword."""
    return ""


def optional_first(context: sdk.ExecutionContext, a: str | None, b: str) -> str:
    """Put an optional parameter before a required one."""
    return ""


def unknown_type(context: sdk.ExecutionContext, blob: bytes) -> str:
    """Take what no parameter can be."""
    return ""


def unknown_result(context: sdk.ExecutionContext) -> set[str]:
    """Return what no result can be."""
    return set()


def unknown_name(context: sdk.ExecutionContext, amount: Decimal) -> str:
    """Name a type that is imported for type checkers only."""
    return ""


def only_context_unknown(context: NoSuchContext, amount: float = 1) -> list[str]:  # type: ignore[name-defined]  # noqa: F821 - a name that only type checkers know
    """Annotate the context with what is imported for type checkers only."""
    return []


def unknown_result_name(context: sdk.ExecutionContext) -> Decimal:
    """Name such a type as the result."""
    raise NotImplementedError


def unknown_member(context: sdk.ExecutionContext, x: sdk.Hmtl) -> str:  # type: ignore[name-defined]  # mistyped
    """Mistype a type of the sdk."""
    return ""


def named_alike(context: sdk.ExecutionContext, a: str, b: Annotated[str, sdk.Parameter(name="A")]) -> str:
    """Name two parameters so that a person could not tell them apart."""
    return ""


def two_words(context: sdk.ExecutionContext, a: Annotated[str, sdk.Parameter(name="a b")]) -> str:
    """Name a parameter in two words."""
    return ""


async def asynchronous(context: sdk.ExecutionContext) -> str:
    """Await something."""
    return ""


async def generating(context: sdk.ExecutionContext) -> Any:
    """Yield, later."""
    yield ""


@pytest.mark.parametrize(
    ("function", "said"),
    [
        pytest.param(without_context, "formula WithoutContext, its first parameter is not the", id="none"),
        pytest.param(only_keywords, "formula OnlyKeywords, its first parameter", id="context by keyword"),
        pytest.param(only_varargs, "formula OnlyVarargs, its first parameter", id="only varargs"),
        pytest.param(forgotten_context, "not the context but `name: 'str'`", id="context forgotten"),
        pytest.param(keyword_only, "formula KeywordOnly, parameter limit: ", id="keyword-only"),
        pytest.param(keywords, "formula Keywords, parameter options: ", id="keywords"),
        pytest.param(optional_first, "formula OptionalFirst, parameter b: it is required", id="order"),
        pytest.param(unknown_type, "formula UnknownType, parameter blob: bytes", id="type"),
        pytest.param(unknown_result, "formula UnknownResult, result: set[str]", id="result"),
        pytest.param(unknown_name, "formula UnknownName, parameter amount: name 'Decimal'", id="name"),
        pytest.param(unknown_result_name, "UnknownResultName, its result: name 'Decimal'", id="result's"),
        pytest.param(unknown_member, "formula UnknownMember, its annotations: ", id="member of a module"),
        pytest.param(named_alike, "formula NamedAlike, parameter A: ", id="names alike"),
        pytest.param(two_words, "formula TwoWords, parameter name 'a b'", id="name of two words"),
        pytest.param(asynchronous, "formula Asynchronous is an async function", id="async"),
        pytest.param(generating, "formula Generating is an async function", id="async generator"),
        pytest.param(lambda context: 1, "formula name '<lambda>' must", id="lambda without name"),
        pytest.param(functools.partial(greet), "formula name '' must", id="no name at all"),
        pytest.param("Greet", "'Greet' is no function", id="text"),
    ],
)
def test_functions_that_are_no_formula(function: Callable[..., Any], said: str) -> None:
    """Each is refused where it is declared, naming the formula and the parameter."""
    with pytest.raises(DeclarationError) as caught:
        formula_of(function)
    assert said in caught.value.message


def test_nobody_needs_the_annotation_of_the_context() -> None:
    """It may be of a name that only type checkers know; the others are read all the same."""
    formula = formula_of(only_context_unknown)
    (amount,) = formula.parameters
    assert (amount.type, amount.python_type, amount.default) == (T.NUMBER, float, 1)
    assert formula.result.type is sdk.ValueType.ARRAY


def test_names_under_type_checking_are_explained() -> None:
    """Whoever imports a parameter's type for type checkers only is told why it is not there."""
    with pytest.raises(DeclarationError) as caught:
        formula_of(unknown_name)
    assert "under TYPE_CHECKING" in caught.value.details[0]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param({"description": 5}, "formula Greet, its description 5 is not text", id="description"),
        pytest.param({"validate_parameters": 5}, "formula Greet, validate_parameters is no", id="validation"),
        pytest.param(
            {"validate_parameters": lambda context, search, parameters: {}},
            "formula Greet, validate_parameters cannot be called with the context, the parameters",
            id="call of validation",
        ),
        pytest.param({"connection_requirement": "none"}, "formula Greet, connection_req", id="requirement"),
        pytest.param({"allowed_authentication_names": 1}, "formula Greet, allowed_auth", id="names"),
    ],
)
def test_what_cannot_be_said_of_a_function(said: dict[str, Any], expected: str) -> None:
    """The arguments of the decorator are checked as those of ``add_formula`` are."""
    with pytest.raises(DeclarationError) as caught:
        formula_of(greet, **said)
    assert caught.value.message.startswith(expected)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("Two Words", id="two words"),
        pytest.param("1st", id="digit first"),
        pytest.param("Größe", id="not ASCII"),
        pytest.param("Table:update", id="colon"),
        pytest.param("Name\n", id="line end"),
        pytest.param("_x", id="underscore first"),
    ],
)
def test_names_that_cannot_be_spelled(name: str) -> None:
    """A name is letters, digits and underscores, a letter first."""
    with pytest.raises(DeclarationError, match="formula name"):
        formula_of(greet, name=name)


def test_lambdas_with_a_name_are_formulas() -> None:
    """A name is all that a lambda lacks."""
    assert formula_of(lambda context, x: x, name="Same").parameters[0].type is T.STRING


def test_formulas_are_frozen() -> None:
    """A formula cannot be changed after it was declared."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        formula_of(greet).name = "Other"  # type: ignore[misc]  # what must not work


@pytest.mark.parametrize("names", [pytest.param([], id="too few"), pytest.param(["a", "b"], id="too many")])
def test_execute_must_take_the_parameters(names: list[str]) -> None:
    """A spelled-out formula whose function cannot be called is refused where it is declared."""
    parameters = [sdk.make_parameter(type=sdk.ParameterType.STRING, name=name) for name in names]
    with pytest.raises(DeclarationError, match="formula X, execute cannot be called with the context and"):
        sdk.new_pack().add_formula(name="X", parameters=parameters, execute=lambda context, a: a)


ROW = sdk.make_object_schema(properties={"name": sdk.make_schema(type=sdk.ValueType.STRING, required=True)})


@dataclasses.dataclass
class Row:
    """The same schema as a class."""

    name: str


@pytest.mark.parametrize("schema", [pytest.param(ROW, id="schema"), pytest.param(Row, id="class")])
def test_a_schema_says_more_than_the_annotation(schema: Any) -> None:
    """``schema=`` is the result's schema, also where the signature has only a dict or nothing."""

    def untyped(context):  # type: ignore[no-untyped-def]  # a function without any annotation
        return None

    def typed(context: sdk.ExecutionContext) -> dict[str, Any]:
        return {}

    def nullable(context: sdk.ExecutionContext) -> dict[str, Any] | None:
        return {}

    assert formula_of(untyped, schema=schema).result == ROW
    assert formula_of(typed, schema=schema).result == ROW
    assert formula_of(nullable, schema=schema).result == dataclasses.replace(ROW, nullable=True)


V = sdk.ValueType
ROWS = sdk.make_schema(type=V.ARRAY, items=ROW)


def rows(context: sdk.ExecutionContext) -> list[Row]:
    """Return rows."""
    return []


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"result_type": V.ARRAY, "items": ROW}, id="items"),
        pytest.param({"result_type": V.ARRAY, "items": Row}, id="items as a class"),
        pytest.param({"result_type": V.ARRAY, "schema": ROWS}, id="schema"),
        pytest.param({"schema": list[Row]}, id="schema as a type"),
    ],
)
def test_one_schema_however_the_formula_is_declared(said: dict[str, Any]) -> None:
    """The decorator and each spelling of the call make the same result."""
    pack = sdk.new_pack()
    pack.formula(rows)
    pack.add_formula(name="Other", execute=rows, **said)
    assert pack.formulas[0].result == pack.formulas[1].result == ROWS


def test_hints_of_a_result() -> None:
    """``coda_type`` is a hint, as in the TypeScript call."""
    pack = sdk.new_pack()
    pack.add_formula(
        name="F", result_type=V.STRING, coda_type=sdk.ValueHintType.URL, execute=lambda context: ""
    )
    assert str(pack.formulas[0].result) == "url"


@pytest.mark.parametrize(
    ("said", "message"),
    [
        pytest.param({"schema": "Row"}, "schema: Row is not a type", id="text"),
        pytest.param({"schema": set[str]}, "schema: set[str] is not a type", id="set"),
        pytest.param(
            {"result_type": V.STRING, "schema": ROW}, "it is object, and result_type says s", id="type"
        ),
        pytest.param(
            {"result_type": V.ARRAY, "items": str, "schema": ROWS},
            "it is array of object, and result_type says array of string",
            id="items",
        ),
        pytest.param({"items": ROW}, "items go with a result_type, and there is none", id="items alone"),
        pytest.param({"result_type": V.STRING, "items": ROW}, "items does not go with", id="items of a text"),
        pytest.param(
            {"result_type": V.STRING, "coda_type": sdk.ValueHintType.PERSON},
            "the hint person does",
            id="hint",
        ),
    ],
)
def test_results_that_contradict_themselves(said: dict[str, Any], message: str) -> None:
    """What is said twice must be the same, and the error names the formula."""
    with pytest.raises(DeclarationError) as caught:
        sdk.new_pack().add_formula(name="F", execute=lambda context: None, **said)
    assert caught.value.message.startswith("formula F, ")
    assert message in caught.value.message


def test_a_schema_of_another_type_than_the_annotation() -> None:
    """The signature and ``schema=`` may not disagree."""
    with pytest.raises(
        DeclarationError, match="formula Rows, schema: it is object, and the annotation of the"
    ):
        formula_of(rows, schema=ROW)
