"""Packs as JSON values: the form that scripts rely on, written down once more."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pytest

from coda_cli import sdk
from coda_cli.cli.description_values import block_value, pack_value
from coda_cli.runtime.loader import LoadedPack
from coda_cli.sdk.formulas import formula_of


def send(
    context: sdk.ExecutionContext,
    to: Annotated[sdk.Email, "Who gets it."],
    copies: int = 1,
    *texts: Annotated[str, "What to say."],
) -> list[int]:
    """Send something."""
    return []


SEND = {
    "name": "Send",
    "description": "Send something.",
    "is_action": True,
    "parameters": [
        {"name": "to", "type": "email", "optional": False, "description": "Who gets it."},
        {"name": "copies", "type": "number", "optional": True, "description": ""},
        {
            "name": "texts",
            "type": "string",
            "optional": True,
            "description": "What to say.",
            "repeated": True,
        },
    ],
    "result": {"type": "array", "items": {"type": "number", "python_type": "int"}},
}


def test_a_pack_with_everything() -> None:
    """Every key of the documented form."""
    pack = sdk.new_pack()
    pack.set_version("1.2")
    pack.add_network_domain("amazonaws.com")
    pack.set_user_authentication(
        type=sdk.AuthenticationType.AWS_ASSUME_ROLE,
        service="s3",
        network_domain="amazonaws.com",
        instructions_url="https://example.com/how",
    )
    pack.formula(is_action=True)(send)
    assert pack_value(LoadedPack(pack, Path("packs/mail.py"))) == {
        "name": "mail",
        "version": "1.2",
        "authentication": {
            "type": "AWSAssumeRole",
            "service": "s3",
            "network_domain": "amazonaws.com",
            "instructions_url": "https://example.com/how",
        },
        "domains": ["amazonaws.com"],
        "formulas": [SEND],
        "tables": [],
    }


def test_an_empty_pack() -> None:
    """The keys are there, whatever a pack lacks."""
    assert pack_value(LoadedPack(sdk.new_pack(), Path("pack.py"))) == {
        "name": "pack",
        "version": None,
        "authentication": {"type": "None"},
        "domains": [],
        "formulas": [],
        "tables": [],
    }


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        pytest.param(None, None, id="any rows"),
        pytest.param(
            sdk.Schema(type=sdk.ValueType.OBJECT),
            {"type": "object", "identity": {"name": "Row"}},
            id="schema",
        ),
    ],
)
def test_tables(schema: sdk.Schema | None, value: object) -> None:
    """A table in the pack's value, and the same alone."""
    pack = sdk.new_pack()
    pack.add_sync_table(
        name="Rows",
        identity_name="Row",
        schema=schema,
        parameters=formula_of(send).parameters[:1],
        execute=lambda context, to: sdk.SyncResult([]),
    )
    expected = {
        "name": "Rows",
        "identity": "Row",
        "parameters": SEND["parameters"][:1],  # type: ignore[index]  # a list, as can be seen above
        "schema": value,
        "dynamic": False,
    }
    assert pack_value(LoadedPack(pack, Path("pack.py")))["tables"] == [expected]
    assert block_value(pack.sync_tables[0]) == expected


def test_a_formula_alone() -> None:
    """It is the formula's own object, not a list of one."""
    assert block_value(formula_of(send, is_action=True)) == SEND
