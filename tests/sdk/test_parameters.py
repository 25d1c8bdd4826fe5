"""DESIGN 2's table of annotations, and parameters spelled out."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date, datetime
from inspect import Parameter as SignatureParameter
from typing import Annotated, Any, List, Optional, Union  # noqa: UP035 - authors still write List

import pytest

from coda_cli import sdk
from coda_cli.errors import DeclarationError
from coda_cli.sdk.parameters import parameter_of

REQUIRED = SignatureParameter.empty
T = sdk.ParameterType


@pytest.mark.parametrize(
    ("annotation", "expected", "python_type"),
    [
        pytest.param(str, T.STRING, None, id="str"),
        pytest.param(REQUIRED, T.STRING, None, id="none"),
        pytest.param(int, T.NUMBER, int, id="int"),
        pytest.param(float, T.NUMBER, float, id="float"),
        pytest.param(bool, T.BOOLEAN, None, id="bool"),
        pytest.param(datetime, T.DATE, datetime, id="datetime"),
        pytest.param(date, T.DATE, date, id="date"),
        pytest.param(sdk.Html, T.HTML, None, id="Html"),
        pytest.param(sdk.Markdown, T.MARKDOWN, None, id="Markdown"),
        pytest.param(sdk.Email, T.EMAIL, None, id="Email"),
        pytest.param(sdk.Image, T.IMAGE, None, id="Image"),
        pytest.param(sdk.File, T.FILE, None, id="File"),
        pytest.param(list[str], T.STRING_ARRAY, None, id="list of str"),
        pytest.param(list[int], T.NUMBER_ARRAY, int, id="list of int"),
        pytest.param(List[float], T.NUMBER_ARRAY, float, id="List of float"),  # noqa: UP006 - see above
        pytest.param(Sequence[bool], T.BOOLEAN_ARRAY, None, id="Sequence of bool"),
        pytest.param(list[date], T.DATE_ARRAY, date, id="list of date"),
        pytest.param(list[sdk.Email], T.EMAIL_ARRAY, None, id="list of Email"),
        pytest.param(list[str | None], T.SPARSE_STRING_ARRAY, None, id="sparse str"),
        pytest.param(Sequence[int | None], T.SPARSE_NUMBER_ARRAY, int, id="sparse int"),
        pytest.param(list[sdk.Html | None], T.SPARSE_HTML_ARRAY, None, id="sparse Html"),
        pytest.param(list[Annotated[str, "an item"]], T.STRING_ARRAY, None, id="annotated item"),
    ],
)
def test_annotations_are_parameter_types(
    annotation: Any, expected: sdk.ParameterType, python_type: type | None
) -> None:
    """Each row of the table: the type of the parameter, and the class its values are read as."""
    parameter = parameter_of("x", annotation, REQUIRED)
    assert (parameter.name, parameter.type, parameter.python_type) == ("x", expected, python_type)
    assert not parameter.optional


@pytest.mark.parametrize(
    "annotation",
    [
        pytest.param(int | None, id="bar"),
        pytest.param(Optional[int], id="Optional"),  # noqa: UP045 - the spelling is the test
        pytest.param(Union[None, int], id="Union"),  # noqa: UP007 - the spelling is the test
        pytest.param(Annotated[int | None, "text"], id="inside Annotated"),
        pytest.param(Annotated[int, "text"] | None, id="outside Annotated"),
    ],
)
def test_or_none_is_optional(annotation: Any) -> None:
    """``T | None`` is an optional T that is None where it is left out."""
    parameter = parameter_of("x", annotation, REQUIRED)
    assert parameter.type is T.NUMBER
    assert parameter.optional
    assert parameter.default is None


@pytest.mark.parametrize("annotation", [pytest.param(str, id="str"), pytest.param(str | None, id="or None")])
def test_default_makes_a_parameter_optional(annotation: Any) -> None:
    """A default is what the function gets where the parameter is left out."""
    parameter = parameter_of("x", annotation, "fallback")
    assert parameter.optional
    assert parameter.default == "fallback"


@pytest.mark.parametrize(
    ("annotation", "description", "name"),
    [
        pytest.param(Annotated[str, "What it is."], "What it is.", "x", id="text"),
        pytest.param(Annotated[str, 7, "After it."], "After it.", "x", id="text after another note"),
        pytest.param(Annotated[str, sdk.Parameter("Said.")], "Said.", "x", id="Parameter"),
        pytest.param(Annotated[str, sdk.Parameter(name="from_")], "", "from_", id="another name"),
        pytest.param(Annotated[str, 7], "", "x", id="notes of others"),
        pytest.param(Annotated[str, "Said."] | None, "Said.", "x", id="or None outside"),
    ],
)
def test_annotated_describes(annotation: Any, description: str, name: str) -> None:
    """``Annotated[T, "text"]`` or ``Annotated[T, sdk.Parameter(...)]`` describes a parameter."""
    parameter = parameter_of("x", annotation, REQUIRED)
    assert (parameter.type, parameter.description, parameter.name) == (T.STRING, description, name)


def test_varargs_are_never_optional_one_by_one() -> None:
    """There may be none of a repeated parameter, so that None is no value of one of them."""
    assert not parameter_of("words", str | None, REQUIRED, vararg=True).optional


@pytest.mark.parametrize(
    ("annotation", "named"),
    [
        pytest.param(bytes, "bytes", id="bytes"),
        pytest.param(dict, "dict", id="dict"),
        pytest.param(dict[str, int], "dict[str, int]", id="dict of something"),
        pytest.param(list, "list", id="list of nothing said"),
        pytest.param(List, "List", id="bare List"),  # noqa: UP006 - the spelling is the test
        pytest.param(Sequence, "Sequence", id="bare Sequence"),
        pytest.param(list[list[str]], "list[list[str]]", id="list of lists"),
        pytest.param(list[bytes], "list[bytes]", id="list of bytes"),
        pytest.param(tuple[str, ...], "tuple", id="tuple"),
        pytest.param(set[str], "set", id="set"),
        pytest.param(int | str, "int | str", id="union"),
        pytest.param(int | str | None, "int | str | None", id="optional union"),
        pytest.param(complex, "complex", id="complex"),
        pytest.param(Any, "Any", id="Any"),
        pytest.param(None, "None", id="None"),
    ],
)
def test_other_annotations_are_refused(annotation: Any, named: str) -> None:
    """Anything else is a declaration error that names the parameter and its annotation."""
    with pytest.raises(DeclarationError) as caught:
        parameter_of("x", annotation, REQUIRED)
    assert caught.value.message.startswith("parameter x: ")
    assert named in caught.value.message


def test_a_parameter_of_another_type_than_annotated_is_refused() -> None:
    """What the annotation says and what its ``sdk.Parameter`` says must agree."""
    with pytest.raises(DeclarationError, match=r"parameter x: .*boolean.*date"):
        parameter_of("x", Annotated[bool, sdk.Parameter(type=T.DATE)], REQUIRED)


def test_make_parameter_spells_out() -> None:
    """The spelled-out form has every field, and None where it is left out."""
    made = sdk.make_parameter(type=T.DATE_ARRAY, name="days", description="Which.", optional=True)
    assert made == sdk.Parameter(description="Which.", name="days", type=T.DATE_ARRAY, optional=True)
    assert made.default is None


@pytest.mark.parametrize(
    ("type_", "name", "said"),
    [
        pytest.param("string", "x", "'string' is not a member of sdk.ParameterType", id="text as type"),
        pytest.param(str, "x", "is not a member of sdk.ParameterType", id="class as type"),
        pytest.param(T.STRING, "", "''", id="empty name"),
        pytest.param(T.STRING, "two words", "'two words'", id="two words"),
        pytest.param(T.STRING, "a=b", "'a=b'", id="equals sign"),
        pytest.param(T.STRING, None, "None", id="no name"),
    ],
)
def test_make_parameter_refuses(type_: Any, name: Any, said: str) -> None:
    """What ``--param NAME=VALUE`` could not take, and types that are none, fail at once."""
    with pytest.raises(DeclarationError) as caught:
        sdk.make_parameter(type=type_, name=name)
    assert said in caught.value.message


@pytest.mark.parametrize("scalar", [one for one in T if not one.is_array], ids=lambda one: one.name)
def test_every_type_has_its_arrays(scalar: sdk.ParameterType) -> None:
    """From a scalar to its arrays and back."""
    assert scalar.item is scalar
    for sparse in (False, True):
        array = scalar.array(sparse=sparse)
        assert (array.item, array.is_array, array.is_sparse) == (scalar, True, sparse)


@pytest.mark.parametrize(
    ("type_", "shown"),
    [
        pytest.param(T.NUMBER, "number", id="scalar"),
        pytest.param(T.HTML_ARRAY, "list of html", id="array"),
        pytest.param(T.SPARSE_EMAIL_ARRAY, "list of email or nothing", id="sparse array"),
    ],
)
def test_types_read_as_words(type_: sdk.ParameterType, shown: str) -> None:
    """What a person reads has no spelling of the reference in it."""
    assert str(type_) == shown


def test_parameters_are_frozen() -> None:
    """A parameter cannot be changed after it was declared."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        sdk.make_parameter(type=T.STRING, name="x").name = "y"  # type: ignore[misc]  # what must not work


@pytest.mark.parametrize(
    ("annotation", "default"),
    [
        pytest.param(int, "ten", id="text for a number"),
        pytest.param(int, True, id="truth for a number"),
        pytest.param(bool, 1, id="number for truth"),
        pytest.param(str, None, id="nothing for text"),
        pytest.param(list[str], "a", id="text for a list"),
        pytest.param(sdk.Html, 1, id="number for HTML"),
    ],
)
def test_a_default_of_another_type(annotation: object, default: object) -> None:
    """A default is what the function gets: it must be of the declared type."""
    with pytest.raises(DeclarationError, match="parameter limit: its default"):
        parameter_of("limit", annotation, default)


@pytest.mark.parametrize(
    ("annotation", "default"),
    [
        pytest.param(float, 1, id="whole number"),
        pytest.param(str | None, None, id="nothing"),
        pytest.param(list[str], ("a",), id="tuple"),
        pytest.param(sdk.Html, "<p>", id="HTML"),
    ],
)
def test_a_default_of_the_type(annotation: object, default: object) -> None:
    """What Python takes for the type is taken."""
    assert parameter_of("limit", annotation, default).default == default


def suggest(context: sdk.ExecutionContext, search: str, parameters: dict[str, object]) -> list[str]:
    """Suggest nothing."""
    return []


@pytest.mark.parametrize(
    ("type_", "autocomplete", "kept"),
    [
        pytest.param(T.STRING, ["a"], ({"display": "a", "value": "a"},), id="text"),
        pytest.param(
            T.NUMBER, [1, 2.5], ({"display": "1", "value": 1}, {"display": "2.5", "value": 2.5}), id="n"
        ),
        pytest.param(
            T.STRING_ARRAY, ({"display": "A", "value": "a"},), ({"display": "A", "value": "a"},), id="option"
        ),
        pytest.param(T.SPARSE_STRING_ARRAY, [], (), id="none"),
        pytest.param(T.NUMBER, suggest, suggest, id="function"),
    ],
)
def test_autocompletes(type_: sdk.ParameterType, autocomplete: Any, kept: object) -> None:
    """Lists get one form, functions stay; spelled out and in an annotation alike."""
    spelled = sdk.make_parameter(type=type_, name="a", autocomplete=autocomplete)
    assert spelled.autocomplete == kept
    annotations = {
        T.STRING: str,
        T.NUMBER: int,
        T.STRING_ARRAY: list[str],
        T.SPARSE_STRING_ARRAY: list[str | None],
    }
    note = sdk.Parameter(autocomplete=autocomplete)
    read = parameter_of("a", Annotated[annotations[type_], note], REQUIRED)
    assert read.autocomplete == kept


@pytest.mark.parametrize(
    ("type_", "autocomplete", "said"),
    [
        pytest.param(T.DATE, ["2026-01-01"], "autocomplete does not go with the type date", id="type"),
        pytest.param(T.STRING, "abc", "must be a list, not 'abc'", id="text"),
        pytest.param(T.STRING, [1], "1 is not a text, as the parameter is", id="number for text"),
        pytest.param(T.NUMBER, ["1"], "'1' is not a number, as the parameter is", id="text for number"),
        pytest.param(T.NUMBER, [True], "True is no value", id="truth"),
        pytest.param(T.STRING, [None], "None is no value", id="nothing"),
        pytest.param(T.STRING, [{"value": "a"}], "{'value': 'a'} is no value", id="nothing to display"),
        pytest.param(T.STRING, [{"display": 1, "value": "a"}], "displays something else", id="display"),
        pytest.param(T.STRING, [{"display": "a", "value": None}], "None is not a text", id="no value"),
    ],
)
def test_autocompletes_that_make_no_sense(type_: sdk.ParameterType, autocomplete: Any, said: str) -> None:
    """Each is refused where it is declared, naming the parameter."""
    with pytest.raises(DeclarationError) as caught:
        sdk.make_parameter(type=type_, name="fruit", autocomplete=autocomplete)
    assert caught.value.message.startswith("parameter fruit: ")
    assert said in caught.value.message


def test_descriptions_are_text() -> None:
    """Spelled out or in an annotation, a description is text, and the parameter is named."""
    with pytest.raises(DeclarationError, match="parameter x: its description 5 is not text"):
        sdk.make_parameter(type=T.STRING, name="x", description=5)  # type: ignore[arg-type]  # refused
    note = sdk.Parameter(description=5)  # type: ignore[arg-type]  # refused
    with pytest.raises(DeclarationError, match="parameter x: its description 5 is not text"):
        parameter_of("x", Annotated[str, note], REQUIRED)
