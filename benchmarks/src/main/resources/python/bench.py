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


def _nanos_each(count, work):
    """Nanoseconds of one of so many runs, without those of the loop."""
    from time import perf_counter_ns

    numbers = range(count)
    began = perf_counter_ns()
    for _ in numbers:
        pass
    empty = perf_counter_ns()
    for _ in numbers:
        work()
    return (perf_counter_ns() - empty - (empty - began)) / count


def log_debug(count):
    import logging

    log = logging.getLogger("bench")
    return _nanos_each(count, lambda: log.debug("order %d of %s", 5, "Ada"))


def log_info(count):
    import logging

    log = logging.getLogger("bench")
    return _nanos_each(count, lambda: log.info("order %d of %s", 5, "Ada"))


def print_line(count):
    return _nanos_each(count, lambda: print("a line of some forty characters, as they are"))


def increment(count):
    import pyboot

    return _nanos_each(count, lambda: pyboot.state.increment("bench"))


def read_state(count):
    import pyboot

    pyboot.state["text"] = "some value"
    return _nanos_each(count, lambda: pyboot.state["text"])


def numbers(n):
    yield from range(n)


def total(numbers):
    return sum(numbers)


def send_each(channel, n):
    for i in range(n):
        channel.send(i)


def send_together(channel, n):
    channel.send_all(range(n))
