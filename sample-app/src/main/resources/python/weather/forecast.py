"""Tomorrow's maximum from the days most like today, checked on days held back.

The forecast looks for the `neighbours` days of the past that are nearest to today in
maximum, minimum, precipitation, wind and season (each scaled by its deviation), and adds
the mean change that followed them to today's maximum. The last 365 days of the file are
held back: nothing about the days to be forecast is known to the method or to the two
baselines it is compared with.

    >>> from pathlib import Path
    >>> data = Path("seattle-weather.csv").read_bytes()         # doctest: +SKIP
    >>> backtest(data)["error"]                                 # doctest: +SKIP
    2.13...
"""

import datetime
import math
from collections.abc import Sequence
from heapq import nsmallest
from statistics import fmean, pstdev
from typing import TypedDict

from weather.dataset import Day, NotEnoughDataError, load

__all__ = ["HELD_BACK", "MIN_PAST", "WINDOW", "Backtest", "ForecastDay", "Tomorrow", "backtest", "tomorrow"]

HELD_BACK = 365
"""Days at the end of the file that are forecast."""

MIN_PAST = 365
"""Days that must be there before them."""

WINDOW = 10
"""The climatology of a day is the mean of the past within this many days of the year."""

_ONE_DAY = datetime.timedelta(days=1)
_YEAR = 365.25


class ForecastDay(TypedDict):
    """One held-back day: what came and what was expected."""

    date: str
    actual: float
    forecast: float
    persistence: float
    climatology: float


class Backtest(TypedDict):
    """Forecasts of the held-back days and mean absolute errors, in °C.

    Persistence says that tomorrow is like today, climatology that it is like this time
    of the year.
    """

    neighbours: int
    past_days: int
    error: float
    persistence_error: float
    climatology_error: float
    bias: float
    days: list[ForecastDay]


class Tomorrow(TypedDict):
    """The forecast for the day after the last of the file."""

    date: str
    forecast: float
    low: float
    high: float
    similar: list[str]


def backtest(data: bytes, neighbours: int = 30) -> Backtest:
    """Forecasts each held-back day from the day before it."""
    days = load(data)
    start = days[-1].date - (HELD_BACK - 1) * _ONE_DAY
    past = [day for day in days if day.date < start]
    if len(past) < MIN_PAST:
        raise NotEnoughDataError(
            f"a checked forecast needs {MIN_PAST} days before the last {HELD_BACK} but there are {len(past)}")
    analogues = _Analogues(past, neighbours)
    climatology = _climatology(past)
    results: list[ForecastDay] = []
    for today, day in zip(days, days[1:]):
        if day.date >= start and day.date - today.date == _ONE_DAY:
            results.append({
                "date": day.date.isoformat(),
                "actual": day.temp_max,
                "forecast": today.temp_max + fmean(change for change, _ in analogues.of(today)),
                "persistence": today.temp_max,
                "climatology": climatology[day.date.timetuple().tm_yday],
            })
    if not results:
        raise NotEnoughDataError(f"none of the last {HELD_BACK} days has a day before it")
    return {
        "neighbours": neighbours,
        "past_days": len(past),
        "error": fmean(abs(each["forecast"] - each["actual"]) for each in results),
        "persistence_error": fmean(abs(each["persistence"] - each["actual"]) for each in results),
        "climatology_error": fmean(abs(each["climatology"] - each["actual"]) for each in results),
        "bias": fmean(each["forecast"] - each["actual"] for each in results),
        "days": results,
    }


def tomorrow(data: bytes, neighbours: int = 30) -> Tomorrow:
    """Forecasts the day after the last one from the whole file.

    `low` and `high` hold the middle 80 percent of what followed the similar days.
    """
    days = load(data)
    if len(days) < MIN_PAST:
        raise NotEnoughDataError(f"a forecast needs {MIN_PAST} days but there are {len(days)}")
    today = days[-1]
    found = _Analogues(days[:-1], neighbours).of(today)
    changes = sorted(change for change, _ in found)
    tail = len(changes) // 10
    return {
        "date": (today.date + _ONE_DAY).isoformat(),
        "forecast": today.temp_max + fmean(changes),
        "low": today.temp_max + changes[tail],
        "high": today.temp_max + changes[-1 - tail],
        "similar": [day.date.isoformat() for _, day in found],
    }


class _Analogues:
    """Days of the past that have a next day, as points of a space."""

    def __init__(self, past: Sequence[Day], neighbours: int) -> None:
        if neighbours < 1:
            raise ValueError(f"neighbours must be at least 1 but is {neighbours}")
        pairs = [(day, after) for day, after in zip(past, past[1:]) if after.date - day.date == _ONE_DAY]
        if not pairs:
            raise NotEnoughDataError("no two days of the past follow each other")
        features = [_features(day) for day in past]
        # A feature that never changes says nothing, whatever its scale.
        self._scales = [pstdev(column) or 1.0 for column in zip(*features)]
        self._points = [(self._scaled(day), after.temp_max - day.temp_max, day) for day, after in pairs]
        self._neighbours = neighbours

    def of(self, today: Day) -> list[tuple[float, Day]]:
        """The nearest days with the change of the maximum that followed each."""
        here = self._scaled(today)
        distance = math.dist
        ranked = ((distance(point, here), i) for i, (point, _, _) in enumerate(self._points))
        return [self._points[i][1:] for _, i in nsmallest(self._neighbours, ranked)]

    def _scaled(self, day: Day) -> tuple[float, ...]:
        return tuple(value / scale for value, scale in zip(_features(day), self._scales))


def _features(day: Day) -> tuple[float, ...]:
    season = 2 * math.pi * day.date.timetuple().tm_yday / _YEAR
    return (day.temp_max, day.temp_min, math.log1p(day.precipitation), day.wind, math.sin(season), math.cos(season))


def _climatology(past: Sequence[Day]) -> dict[int, float]:
    """Mean maximum of the past around each day of the year, 1 to 366."""
    by_day: dict[int, list[float]] = {}
    for day in past:
        by_day.setdefault(day.date.timetuple().tm_yday, []).append(day.temp_max)
    overall = fmean(day.temp_max for day in past)
    result = {}
    for centre in range(1, 367):
        around = [value
                  for offset in range(-WINDOW, WINDOW + 1)
                  for value in by_day.get((centre + offset - 1) % 366 + 1, ())]
        result[centre] = fmean(around) if around else overall
    return result
