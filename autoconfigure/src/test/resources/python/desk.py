"""What the integration tests call."""

import threading


def warmer(reading: dict, by: int = 1) -> dict:
    """A reading like the given one, warmer."""
    return {**reading, "celsius": reading["celsius"] + by}


def kind(value) -> str:
    """Name of the type that an argument arrived as."""
    return type(value).__name__


def describe(*args, **kwargs) -> str:
    """The arguments as Python shows them."""
    return f"{args} {kwargs}"


def square(n: int) -> int:
    return n * n


def fail(message: str):
    raise ValueError(message)


def thread() -> int:
    """The thread that runs this."""
    return threading.get_ident()


def spin():
    """Never returns by itself."""
    while True:
        pass


memory = []


def remember(value) -> int:
    """Keeps a value in this context; gives how many it has kept."""
    memory.append(value)
    return len(memory)
