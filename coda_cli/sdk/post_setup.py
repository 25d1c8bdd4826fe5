"""The steps that follow the set-up of an account: what a person has yet to choose for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from coda_cli.errors import DeclarationError
from coda_cli.sdk.declared_values import check_call, check_text, checked_list

if TYPE_CHECKING:
    from collections.abc import Callable


class PostSetupType(StrEnum):
    """The steps that can follow the set-up of an account; the values are the reference's own strings."""

    SET_ENDPOINT = "SetEndPoint"  # the capital P is the reference's


@dataclass(frozen=True, slots=True, kw_only=True)
class SetEndpoint:
    """A step after the set-up of an account: the person chooses one of the endpoints that it can use.

    ``get_options`` is ``fn(context)`` and gives texts or ``{"display": …, "value": …}``. It is called without
    an endpoint, since none is chosen yet.
    """

    name: str
    description: str
    get_options: Callable[..., Any]
    type: PostSetupType = PostSetupType.SET_ENDPOINT


def checked_steps(post_setup: object) -> tuple[SetEndpoint, ...]:
    """Return the steps of an authentication.

    Raises:
        DeclarationError: one is none, is not whole, or has the name of another one.
    """
    steps = checked_list(post_setup, "authentication: post_setup")
    names: set[str] = set()
    for step in steps:
        if not isinstance(step, SetEndpoint):
            raise DeclarationError(f"authentication: post_setup has {step!r}", "Use sdk.SetEndpoint.")
        place = f"authentication: post_setup step {step.name}"
        check_text(step.name, "authentication: the name of a post_setup step")
        if not re.fullmatch(r"\w+", step.name):
            raise DeclarationError(f"{place}: its name is not one word")
        if step.name in names:
            raise DeclarationError(f"{place} is declared twice")
        names.add(step.name)
        check_text(step.description, f"{place}: its description")
        check_call(step.get_options, f"{place}: get_options", [])
    return steps
