"""The tables of signing names against the service models and endpoint rules of the installed botocore."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest
from botocore.loaders import Loader

from coda_cli.auth.aws_signing_names import (
    OF_DATA_PLANES,
    OTHER_WORDS,
    SIGNING_NAMES,
    signing_name_for,
    spelling,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

A_FEW = 20
"""Services that come and go between releases of botocore; at more, the tables are to be taken over anew."""


@pytest.fixture(scope="module")
def words() -> dict[str, set[str]]:
    """Every word for a service in botocore, and the names that what is called so is signed by."""
    loader = Loader()
    found: defaultdict[str, set[str]] = defaultdict(set)
    for client in loader.list_available_services("service-2"):
        metadata = loader.load_service_model(client, "service-2")["metadata"]
        prefix = metadata["endpointPrefix"]
        name = metadata.get("signingName") or prefix
        for word in (client, prefix, metadata["serviceId"].lower(), name):
            found[word].add(name)
        for other in names_in_rules(loader.load_service_model(client, "endpoint-rule-set-1")):
            found[other].add(other)
    return found


def names_in_rules(rules: Any) -> Iterator[str]:
    """Yield the signing names that endpoint rules give."""
    if isinstance(rules, dict):
        if "signingName" in rules:
            yield rules["signingName"]
        rules = list(rules.values())
    if isinstance(rules, list):
        for rule in rules:
            yield from names_in_rules(rule)


def test_no_row_contradicts_botocore(words: dict[str, set[str]]) -> None:
    """What is known of a word is what botocore signs it by, where botocore knows it too."""
    wrong = {
        word: (name, names)
        for word, names in words.items()
        if (name := signing_name_for(word)) is not None and name not in names
    }
    assert wrong == {}


def test_botocores_words_are_known(words: dict[str, set[str]]) -> None:
    """Hardly any word of botocore's is missing: those of services that are newer than the tables."""
    assert len([word for word in words if signing_name_for(word) is None]) < A_FEW


def test_rows_are_botocores(words: dict[str, set[str]]) -> None:
    """Hardly any row is unknown to botocore: those of services that this release does not have."""
    names = {name for found in words.values() for name in found}
    assert len(SIGNING_NAMES - names) < A_FEW
    spellings = {spelling(word) for word in words}
    others = {word for row in OTHER_WORDS.values() for word in row.split()}
    assert len([word for word in others if spelling(word) not in spellings]) < A_FEW


def test_no_row_is_written_twice() -> None:
    """Every row leads from a spelling of its own to a signing name; those by hand are not botocore's."""
    spellings = [spelling(word) for row in OTHER_WORDS.values() for word in row.split()]
    spellings += [spelling(name) for name in SIGNING_NAMES | OF_DATA_PLANES]
    assert len(spellings) == len(set(spellings))
    assert set(OTHER_WORDS) <= SIGNING_NAMES
    assert not OF_DATA_PLANES & SIGNING_NAMES


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("s3", "s3", id="signing name"),
        pytest.param("vpc-lattice-svcs", "vpc-lattice-svcs", id="signing name of a data plane"),
        pytest.param("s3-object-lambda", "s3-object-lambda", id="signing name in rules only"),
        pytest.param("bedrock-runtime", "bedrock", id="client"),
        pytest.param("email", "ses", id="endpoint prefix"),
        pytest.param("streams.dynamodb", "dynamodb", id="endpoint prefix with a dot"),
        pytest.param("secrets manager", "secretsmanager", id="service id"),
        pytest.param("Bedrock_Runtime", "bedrock", id="other spelling"),
        pytest.param("IoTSecuredTunneling", "IoTSecuredTunneling", id="signing name with capitals"),
        pytest.param("no-such-service", None, id="unknown"),
        pytest.param("", None, id="empty"),
        pytest.param("-.-", None, id="nothing but dashes and dots"),
    ],
)
def test_signing_name_for(word: str, expected: str | None) -> None:
    """A word that may mean a service leads to the name that its requests are signed by."""
    assert signing_name_for(word) == expected
