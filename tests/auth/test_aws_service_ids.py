"""The table of service ids against the service models of the installed botocore."""

from __future__ import annotations

from collections import defaultdict

import pytest
from botocore.loaders import Loader

from coda_cli.auth.aws_service_ids import SERVICE_IDS, as_variable, service_id


@pytest.fixture(scope="module")
def models() -> dict[str, set[str]]:
    """The service ids of every signing name, from botocore's data."""
    loader = Loader()
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name in loader.list_available_services("service-2"):
        metadata = loader.load_service_model(name, "service-2")["metadata"]
        signing_name = metadata.get("signingName") or metadata["endpointPrefix"]
        found[signing_name].add(as_variable(metadata["serviceId"]))
    return found


def test_every_row_is_true(models: dict[str, set[str]]) -> None:
    """Each row's id is that of a service signed by this name."""
    assert {name: row for name, row in SERVICE_IDS.items() if row not in models[name]} == {}


def test_every_row_is_needed() -> None:
    """No row says what the word in capitals says already."""
    assert [name for name, row in SERVICE_IDS.items() if row == as_variable(name)] == []


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("s3", "S3", id="plain word"),
        pytest.param("logs", "CLOUDWATCH_LOGS", id="logs"),
        pytest.param("es", "ELASTICSEARCH_SERVICE", id="shared by two services"),
        pytest.param("elasticloadbalancing", "ELASTIC_LOAD_BALANCING", id="no client of that name"),
        pytest.param("cognito-identity", "COGNITO_IDENTITY", id="dash"),
        pytest.param("no-such-service", "NO_SUCH_SERVICE", id="unknown"),
    ],
)
def test_service_id(word: str, expected: str) -> None:
    """A signing name leads to the id that AWS's variables use."""
    assert service_id(word) == expected
