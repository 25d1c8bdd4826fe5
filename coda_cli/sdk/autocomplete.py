"""What is suggested for a parameter while a person types, and searching in it.

Owns the form of a suggestion. Asking a pack's function for some is the runtime's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypedDict

from coda_cli.errors import DeclarationError
from coda_cli.sdk.declared_values import check_call, checked_list


class SimpleAutocompleteOption(TypedDict):
    """One suggestion: ``display`` is what a person sees, ``value`` what the formula gets."""

    display: str
    value: str | float


Autocomplete = tuple[SimpleAutocompleteOption, ...] | Callable[..., Any]
"""Suggestions that are always the same, or ``fn(context, search, parameters)`` that gives some."""


def autocomplete_search(
    search: str | None,
    choices: Iterable[Any],
    *,
    display_key: str | None = None,
    value_key: str | None = None,
) -> list[SimpleAutocompleteOption]:
    """Return the choices whose text contains what is searched for, in any case, as suggestions.

    Args:
        search: what the person has typed; nothing finds all.
        choices: texts, numbers, or ``{"display": …, "value": …}``; with the keys, any objects.
        display_key: under which key an object has the text to show and to search.
        value_key: under which key it has the value; the text, unless given.
    """
    if display_key is None:
        options = [option_of(choice) for choice in choices]
    else:
        options = [
            {"display": str(choice[display_key]), "value": choice[value_key or display_key]}
            for choice in choices
        ]
    wanted = (search or "").casefold()
    return [option for option in options if wanted in option["display"].casefold()]


def simple_autocomplete(search: str | None, options: Iterable[Any]) -> list[SimpleAutocompleteOption]:
    """Search in texts, numbers or suggestions: ``autocomplete_search`` by its name in TypeScript."""
    return autocomplete_search(search, options)


def autocomplete_search_objects(
    search: str | None, objs: Iterable[Mapping[str, Any]], display_key: str, value_key: str
) -> list[SimpleAutocompleteOption]:
    """Search in objects: ``autocomplete_search`` with keys, by its name in TypeScript."""
    return autocomplete_search(search, objs, display_key=display_key, value_key=value_key)


def option_of(choice: Any) -> SimpleAutocompleteOption:
    """Make a suggestion of a text or a number; whatever else it is stays as it is."""
    is_plain = isinstance(choice, str | int | float) and not isinstance(choice, bool)
    return {"display": str(choice), "value": choice} if is_plain else choice


def checked_autocomplete(autocomplete: object, *, of_numbers: bool) -> Autocomplete:
    """Return an autocomplete in one form: a function, or suggestions of the parameter's own type.

    Raises:
        DeclarationError: it is neither a function of ``(context, search, parameters)`` nor a list, or a
            choice is no suggestion.
    """
    if callable(autocomplete):
        check_call(autocomplete, "autocomplete", ["the search", "the parameters"])
        return autocomplete
    choices = checked_list(autocomplete, "autocomplete, unless it is a function,")
    return tuple(_checked_option(choice, of_numbers=of_numbers) for choice in choices)


def _checked_option(choice: object, *, of_numbers: bool) -> SimpleAutocompleteOption:
    option: Any = option_of(choice)
    if not isinstance(option, Mapping) or option.keys() != {"display", "value"}:
        raise DeclarationError(
            f"the autocomplete's choice {choice!r} is no value",
            'Give a text or a number, or {"display": "what is shown", "value": "what is meant"}.',
        )
    if not isinstance(option["display"], str):
        raise DeclarationError(f"the autocomplete's choice {choice!r} displays something else than text")
    value = option["value"]
    kind = (int, float) if of_numbers else str
    if not isinstance(value, kind) or isinstance(value, bool):
        wanted = "number" if of_numbers else "text"
        raise DeclarationError(f"the autocomplete's choice {value!r} is not a {wanted}, as the parameter is")
    return {"display": option["display"], "value": value}
