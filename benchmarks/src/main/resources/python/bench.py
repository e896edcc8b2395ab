"""Functions for the benchmarks."""

import pyboot


def call_back(name: str, value, n: int) -> None:
    """Call Java n times."""
    function = getattr(pyboot, name)
    for _ in range(n):
        function(value)


def noop(value):
    return value


def spin(n: int) -> int:
    """Pure-Python work: n steps of a linear congruential generator."""
    x = 1
    for _ in range(n):
        x = (x * 1103515245 + 12345) & 0x7FFFFFFF
    return x
