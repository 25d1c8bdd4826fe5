"""Formulas that need no network: what a pack is, and how values travel.

    coda describe packs/hello.py
    coda execute packs/hello.py Hello Ada
    coda execute packs/hello.py Statistics 3,1,4,1,5
    coda execute packs/hello.py Weekdays 2026-01-01 2026-01-31
    coda execute packs/hello.py Shout one "two words" three

The signature of a function says how the text of its parameters is read.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated

from coda_cli import sdk

pack = sdk.new_pack()


@pack.formula
def hello(
    context: sdk.ExecutionContext,
    name: Annotated[str, "Who to greet."] = "world",
) -> str:
    """Greet somebody."""
    return f"Hello {name}!"


@pack.formula
def statistics(
    context: sdk.ExecutionContext,
    numbers: Annotated[Sequence[float], "At least one number: 3,1,4 or [3, 1, 4]."],
    digits: Annotated[int, "How many digits to round the mean to."] = 2,
) -> dict[str, float]:
    """Count, smallest, largest and mean of some numbers."""
    if not numbers:
        raise sdk.UserVisibleError("Statistics needs at least one number.")
    mean = round(sum(numbers) / len(numbers), digits)
    return {"count": len(numbers), "smallest": min(numbers), "largest": max(numbers), "mean": mean}


@pack.formula
def weekdays(
    context: sdk.ExecutionContext,
    start: Annotated[date, "The first day."],
    end: Annotated[date, "The last day, which counts too."],
    include_weekends: Annotated[bool, "Also Saturdays and Sundays."] = False,
) -> list[dict[str, str]]:
    """List the days from one date to another, without weekends."""
    days = (start + timedelta(days=number) for number in range((end - start).days + 1))
    return [
        {"date": day.isoformat(), "weekday": f"{day:%A}"}
        for day in days
        if include_weekends or day.weekday() < 5
    ]


@pack.formula
def shout(context: sdk.ExecutionContext, *words: Annotated[str, "A word, as many as you like."]) -> str:
    """Put words together, loudly."""
    return " ".join(word.upper() for word in words)
