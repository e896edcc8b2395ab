"""Linear trend of the daily mean temperature, and how sure one can be of it.

The model is fitted by least squares to every day at once::

    temp_mean = level + slope * years
              + two harmonics of the year (two sines, two cosines)
              + residual

so the season is removed without the bias that subtracting monthly means from the data
has. Days in a row resemble each other, hence the usual standard error is far too small;
`resample` therefore redraws the residuals in whole blocks of days (the circular block
bootstrap of Politis and Romano) and fits again.

    >>> from pathlib import Path
    >>> data = Path("seattle-weather.csv").read_bytes()         # doctest: +SKIP
    >>> trend(data)["slope_per_year"]                           # doctest: +SKIP
    0.606...
"""

import math
import random
import secrets
import time
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from operator import mul
from statistics import fmean, stdev
from typing import NamedTuple, TypedDict

from weather.dataset import NotEnoughDataError, load

__all__ = [
    "MIN_YEARS", "Anomaly", "Bin", "Interval", "Resamples", "Trend",
    "interval", "resample", "trend",
]

MIN_YEARS = 2.0
"""A slope over less than this would be a season that the harmonics missed."""

_YEAR = 365.25
_HARMONICS = 2

# This module is imported once by each interpreter, so the token tells them apart.
_CONTEXT = secrets.token_hex(4)


class Anomaly(TypedDict):
    """How far a month was from the season, and the trend in its middle."""

    month: str
    anomaly: float
    fitted: float


class Trend(TypedDict):
    """The fitted model. Temperatures in °C, `level` on the first day."""

    days: int
    years: float
    slope_per_year: float
    level: float
    residual_deviation: float
    naive_error: float
    explained: float
    months: list[Anomaly]


class Resamples(TypedDict):
    """One chunk of a bootstrap.

    Times are milliseconds: `started` and `ended` of one clock for all interpreters of
    the process, `cpu` of the thread that did the work.
    """

    chunk: int
    context: str
    slopes: list[float]
    started: float
    ended: float
    cpu: float


class Bin(TypedDict):
    """One bar of a histogram, from `low` up to `high`."""

    low: float
    high: float
    count: int


class Interval(TypedDict):
    """What a bootstrap says about the slope, in °C a year."""

    resamples: int
    level: float
    low: float
    high: float
    median: float
    error: float
    positive: float
    histogram: list[Bin]


class _Fit(NamedTuple):
    times: list[float]
    coefficients: list[float]
    residuals: list[float]
    weights: list[float]  # slope = sum of weight * temperature
    naive_error: float
    explained: float


def trend(data: bytes) -> Trend:
    """Fits the model."""
    days = load(data)
    fit = _fit(data)
    level, slope = fit.coefficients[:2]
    months: list[Anomaly] = []
    anomalies = zip(days, fit.times, fit.residuals)
    for month, group in groupby(anomalies, lambda each: f"{each[0].date:%Y-%m}"):
        _, times, residuals = zip(*group)
        fitted = slope * (fmean(times) - fmean(fit.times))
        months.append({"month": month, "anomaly": fitted + fmean(residuals), "fitted": fitted})
    return {
        "days": len(days),
        "years": fit.times[-1],
        "slope_per_year": slope,
        "level": level,
        "residual_deviation": stdev(fit.residuals),
        "naive_error": fit.naive_error,
        "explained": fit.explained,
        "months": months,
    }


def resample(data: bytes, seed: int, chunk: int, count: int, block_days: int = 30) -> Resamples:
    """Draws `count` slopes, the chunk number `chunk` of a bootstrap.

    The slopes depend on the arguments alone, so the chunks of a bootstrap may be spread
    over interpreters in any way.
    """
    started, cpu = time.monotonic(), time.thread_time()
    fit = _fit(data)
    days = len(fit.residuals)
    if block_days < 1:
        raise ValueError(f"block_days must be at least 1 but is {block_days}")
    if block_days > days:
        raise NotEnoughDataError(f"blocks of {block_days} days need as many days but there are {days}")
    generator = random.Random(f"{seed}/{chunk}")
    circle = fit.residuals + fit.residuals[:block_days]
    blocks = -(-days // block_days)
    slope = fit.coefficients[1]
    slopes = []
    for _ in range(count):
        drawn: list[float] = []
        for _ in range(blocks):
            start = generator.randrange(days)
            drawn += circle[start:start + block_days]
        slopes.append(slope + _dot(fit.weights, drawn))
    return {
        "chunk": chunk,
        "context": _CONTEXT,
        "slopes": slopes,
        "started": started * 1e3,
        "ended": time.monotonic() * 1e3,
        "cpu": (time.thread_time() - cpu) * 1e3,
    }


def interval(slopes: Sequence[float], level: float = 0.95, bins: int = 40) -> Interval:
    """The percentile interval of resampled slopes, with a histogram of them.

    >>> result = interval([0.0, 1.0, 2.0, 3.0, 4.0], level=0.5, bins=2)
    >>> result["low"], result["median"], result["high"]
    (1.0, 2.0, 3.0)
    >>> [bar["count"] for bar in result["histogram"]]
    [2, 3]
    """
    if len(slopes) < 2:
        raise ValueError("an interval needs at least two slopes")
    if not 0.0 < level < 1.0:
        raise ValueError(f"level must be between 0 and 1 but is {level}")
    ordered = sorted(slopes)
    tail = (1.0 - level) / 2
    low, high = ordered[0], ordered[-1]
    edges = [low + (high - low) * i / bins for i in range(bins)] + [math.inf]
    positions = [bisect_left(ordered, edge) for edge in edges]
    edges[-1] = high
    return {
        "resamples": len(ordered),
        "level": level,
        "low": _quantile(ordered, tail),
        "high": _quantile(ordered, 1.0 - tail),
        "median": _quantile(ordered, 0.5),
        "error": stdev(ordered),
        "positive": sum(slope > 0 for slope in ordered) / len(ordered),
        "histogram": [
            {"low": edges[i], "high": edges[i + 1], "count": positions[i + 1] - positions[i]} for i in range(bins)
        ],
    }


@lru_cache(maxsize=8)
def _fit(data: bytes) -> _Fit:
    days = load(data)
    times = [(day.date - days[0].date).days / _YEAR for day in days]
    if times[-1] < MIN_YEARS - 0.01:
        raise NotEnoughDataError(
            f"a trend needs {MIN_YEARS:g} years of data but there are {len(days)} days,"
            f" {days[0].date} to {days[-1].date}")
    phase = days[0].date.timetuple().tm_yday / _YEAR
    rows = [_regressors(time, phase) for time in times]
    temperatures = [day.temp_mean for day in days]
    columns = list(zip(*rows))
    normal = [[_dot(left, right) for right in columns] for left in columns]
    size = len(columns)
    coefficients = _solve(normal, [_dot(column, temperatures) for column in columns])
    residuals = [temperature - _dot(coefficients, row) for temperature, row in zip(temperatures, rows)]
    # Row of the slope in (X'X)^-1 X': refitting to new residuals is one dot product.
    slope_row = _solve(normal, [1.0 if i == 1 else 0.0 for i in range(size)])
    weights = [_dot(slope_row, row) for row in rows]
    left_over = _dot(residuals, residuals)
    mean = fmean(temperatures)
    total = sum((temperature - mean) ** 2 for temperature in temperatures)
    return _Fit(
        times=times,
        coefficients=coefficients,
        residuals=residuals,
        weights=weights,
        naive_error=math.sqrt(left_over / max(1, len(days) - size) * slope_row[1]),
        explained=1.0 - left_over / total if total else 0.0,
    )


def _regressors(time: float, phase: float) -> list[float]:
    row = [1.0, time]
    for harmonic in range(1, _HARMONICS + 1):
        angle = 2 * math.pi * harmonic * (time + phase)
        row += [math.sin(angle), math.cos(angle)]
    return row


def _solve(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """Gaussian elimination with partial pivoting.

    >>> _solve([[0.0, 2.0], [1.0, 1.0]], [4.0, 5.0])
    [3.0, 2.0]
    """
    size = len(right)
    rows = [[*row, value] for row, value in zip(matrix, right)]
    for i in range(size):
        pivot = max(range(i, size), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        if abs(rows[i][i]) < 1e-9:
            raise NotEnoughDataError("the days are too sparse to tell the trend from the season")
        for r in range(i + 1, size):
            factor = rows[r][i] / rows[i][i]
            rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i])]
    result = [0.0] * size
    for i in reversed(range(size)):
        known = sum(rows[i][j] * result[j] for j in range(i + 1, size))
        result[i] = (rows[i][size] - known) / rows[i][i]
    return result


def _quantile(ordered: Sequence[float], share: float) -> float:
    position = share * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    return sum(map(mul, left, right))
