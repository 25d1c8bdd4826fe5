"""What one request of a batch means for the others."""

from __future__ import annotations

import pytest

from coda_cli.errors import CredentialsError, NoCredentialsError
from coda_cli.fetching.batches import Batch, GivenUp


def test_given_up() -> None:
    """A batch is wanted until it is given up."""
    batch = Batch()
    batch.check_wanted()
    batch.give_up()
    with pytest.raises(GivenUp):
        batch.check_wanted()


def test_refused_credentials() -> None:
    """The first refusal of a host is everybody's for that host, each time as an error of its own."""
    batch = Batch()
    first = NoCredentialsError("none", "Run coda auth.")
    batch.refuse("a", first)
    batch.refuse("a", CredentialsError("another"))
    batch.check_credentials("b")
    with pytest.raises(NoCredentialsError) as caught:
        batch.check_credentials("a")
    again = caught.value
    assert (again.message, again.details, again is first) == ("none", ("Run coda auth.",), False)
