"""What hints ask of a text or a number."""

from __future__ import annotations

from typing import Any

import pytest

from coda_cli import sdk
from coda_cli.runtime.value_formats import number_format, text_format
from coda_cli.sdk.context import TemporaryUrl

V = sdk.ValueType
H = sdk.ValueHintType
URLS = (H.URL, H.IMAGE_REFERENCE, H.IMAGE_ATTACHMENT, H.EMBED, H.ATTACHMENT)


def fits_text(hint: sdk.ValueHintType, text: str) -> bool:
    """Tell whether a text is of the hint's format."""
    found = text_format(sdk.make_schema(type=V.STRING, coda_type=hint))
    return found is None or bool(found[0](text))


@pytest.mark.parametrize("hint", URLS)
@pytest.mark.parametrize(
    ("text", "fits"),
    [
        pytest.param("https://example.com/a?b#c", True, id="https"),
        pytest.param("HTTPS://EXAMPLE.COM", True, id="capitals"),
        pytest.param("data:image/png;base64,iVBORw0KGgo=", True, id="data"),
        pytest.param("http://example.com", False, id="http"),
        pytest.param("ftp://example.com", False, id="ftp"),
        pytest.param("javascript:alert(1)", False, id="script"),
        pytest.param("file:///etc/passwd", False, id="file"),
        pytest.param("example.com", False, id="no scheme"),
        pytest.param("https:", False, id="no host"),
        pytest.param("https:///path", False, id="empty host"),
        pytest.param(" https://example.com", False, id="space before"),
        pytest.param("see https://example.com", False, id="in a sentence"),
    ],
)
def test_urls(hint: sdk.ValueHintType, text: str, fits: bool) -> None:
    """Links, images, embeds and attachments are https: or data: URLs."""
    assert fits_text(hint, text) is fits


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        pytest.param("ada@example.com", True, id="plain"),
        pytest.param("ada.lovelace+x@mail.example.co.uk", True, id="longer"),
        pytest.param("o'neill@example.com", True, id="apostrophe"),
        pytest.param("ada@münchen.de", True, id="not ASCII"),
        pytest.param("ada", False, id="no at"),
        pytest.param("ada@", False, id="no domain"),
        pytest.param("@example.com", False, id="no name"),
        pytest.param("ada@example", False, id="no dot"),
        pytest.param("ada@example.c", False, id="one letter"),
        pytest.param("ada@@example.com", False, id="two at"),
        pytest.param("ada lovelace@example.com", False, id="space"),
        pytest.param("Ada <ada@example.com>", False, id="with a name"),
        pytest.param("ada@example.com, bob@example.com", False, id="two"),
        pytest.param("ada@example.com\n", False, id="line end"),
    ],
)
def test_emails(text: str, fits: bool) -> None:
    """An email address has a name, an at and a domain with a dot."""
    assert fits_text(H.EMAIL, text) is fits


@pytest.mark.parametrize("hint", [H.DATE, H.DATE_TIME])
@pytest.mark.parametrize(
    ("text", "fits"),
    [
        pytest.param("2026-01-31", True, id="date"),
        pytest.param("2026-01-31T12:00:00Z", True, id="datetime"),
        pytest.param("2026-01-31 12:00:00.123+02:00", True, id="blank and fraction"),
        pytest.param("Sat, 31 Jan 2026 12:00:00 GMT", True, id="of a header"),
        pytest.param("2026-02-30", False, id="no such day"),
        pytest.param("tomorrow", False, id="word"),
        pytest.param("31.01.2026", False, id="other order"),
        pytest.param("1769860800", False, id="seconds"),
        pytest.param("Sat, 31 Jan 99999999999999999999 12:00:00 GMT", False, id="a year too far"),
    ],
)
def test_dates(hint: sdk.ValueHintType, text: str, fits: bool) -> None:
    """A date parses: as ISO 8601, or as the headers of HTTP and email have it."""
    assert fits_text(hint, text) is fits


@pytest.mark.parametrize("hint", [H.HTML, H.MARKDOWN, H.TIME, H.DURATION, H.SELECT_LIST], ids=str)
def test_hints_that_any_text_fits(hint: sdk.ValueHintType) -> None:
    """The others only say how a text is shown."""
    assert text_format(sdk.make_schema(type=V.STRING, coda_type=hint)) is None


@pytest.mark.parametrize(
    ("given", "right", "wrong", "words"),
    [
        pytest.param({"coda_type": H.SLIDER}, [0, 1e9], [-1, -0.1], "a number from 0", id="slider"),
        pytest.param(
            {"coda_type": H.SLIDER, "minimum": -5, "maximum": 0},
            [-5, 0, -2.5],
            [-6, 0.1],
            "a number from -5 to 0",
            id="slider between",
        ),
        pytest.param(
            {"coda_type": H.PROGRESS_BAR, "maximum": 100}, [0, 100], [101], "a number from 0 to 100", id="bar"
        ),
        pytest.param(
            {"coda_type": H.SLIDER, "minimum": "[Least]", "maximum": 3},
            [-9, 3],
            [4],
            "a number to 3",
            id="formula below",
        ),
        pytest.param(
            {"coda_type": H.SLIDER, "maximum": "[Most]"}, [9], [-1], "a number from 0", id="formula above"
        ),
        pytest.param(
            {"coda_type": H.SCALE, "maximum": 5},
            [0, 3, 5.0],
            [-1, 6, 2.5, float("nan"), float("inf")],
            "a whole number from 0 to 5",
            id="scale",
        ),
        pytest.param(
            {"coda_type": H.SCALE},
            [0, 7],
            [-1, 0.5, float("inf")],
            "a whole number from 0",
            id="scale, no end",
        ),
    ],
)
def test_bounds(given: dict[str, Any], right: list[float], wrong: list[float], words: str) -> None:
    """Sliders, bars and scales have bounds, of which 0 is the lower unless another is given."""
    found = number_format(sdk.make_schema(type=V.NUMBER, **given))
    assert found is not None
    assert [number for number in right if not found[0](number)] == []
    assert [number for number in wrong if found[0](number)] == []
    assert found[1] == words


def test_hints_that_any_number_fits() -> None:
    """Percents, amounts and dates as numbers have no bounds."""
    for hint in (None, H.PERCENT, H.CURRENCY, H.DATE, H.TIME, H.DATE_TIME, H.DURATION):
        assert number_format(sdk.make_schema(type=V.NUMBER, coda_type=hint)) is None


@pytest.mark.parametrize("hint", URLS)
def test_what_a_run_stored(hint: sdk.ValueHintType) -> None:
    """The URL that the run's own storage gave is one, though it is that of a file."""
    assert fits_text(hint, TemporaryUrl("file:///tmp/coda-blobs-1/1/blob.png"))
    assert not fits_text(hint, "file:///tmp/coda-blobs-1/1/blob.png")
