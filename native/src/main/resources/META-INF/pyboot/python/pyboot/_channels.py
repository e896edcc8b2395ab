"""Channels between Python and Java code.

Each receiver takes what is there in one crossing and serves it from a store of
its interpreter's; how much it takes grows only while it is used up quickly, so
that a slow consumer does not keep messages from others.
"""

import time
import weakref
from collections import deque
from itertools import islice

from pyboot import _callbacks

__all__ = ["Channel", "ChannelClosed", "channel"]

_MOST = 256  # messages a crossing
_QUICK = 1_000_000  # nanoseconds in which a receiver uses up what it takes more of next time
_SLICE = 50_000_000  # nanoseconds that a wait in Java lasts, before it is seen whether the request was interrupted


class ChannelClosed(Exception):
    """The channel is closed: nothing can be sent, or everything has been received."""


ChannelClosed.__module__ = "pyboot"

# The channels of this interpreter by number: one object each, so that all its threads
# share what was taken. One that holds messages is kept, whoever drops it.
_channels: "weakref.WeakValueDictionary[int, Channel]" = weakref.WeakValueDictionary()
_holding: set = set()


class Channel:
    """Python's end of a channel: what it sends, Java receives, and the other way round.

    Any number of threads and contexts may use it; each message goes to one receiver.
    A wait ends when the request is interrupted or past its deadline; what arrives at
    that very moment may be lost with the request. Messages that a context has taken,
    up to 256 while it uses them up quickly, are received in that context.

    >>> def work(jobs):
    ...     for job in jobs:  # until it is closed
    ...         jobs.send(job["x"] ** 2)
    """

    __slots__ = ("_number", "_raw", "_capacity", "_taken", "_most", "_took_at", "__weakref__")

    def __init__(self, number: int, raw: bool, capacity: int) -> None:
        self._number = number
        self._raw = raw
        self._capacity = capacity
        self._taken: deque = deque()
        self._most = 1
        self._took_at = 0

    def receive(self, timeout: float | None = None):
        """Return the next message; wait for one.

        Raises TimeoutError if none comes within ``timeout`` seconds, and
        ChannelClosed if the channel is closed and nothing is left.
        """
        try:
            return self._taken.popleft()
        except IndexError:
            pass
        until = None if timeout is None else time.monotonic_ns() + int(timeout * 1e9)
        while True:
            left = _SLICE if until is None else min(_SLICE, max(0, until - time.monotonic_ns()))
            if self._take(left):
                try:
                    return self._taken.popleft()
                except IndexError:
                    continue  # another thread was quicker
            if until is not None and time.monotonic_ns() >= until:
                raise TimeoutError(f"nothing came from Java within {timeout} s")

    def try_receive(self, default=None):
        """Return the next message if one is there now, else ``default``.

        Raises ChannelClosed if the channel is closed and nothing is left.
        """
        try:
            return self._taken.popleft()
        except IndexError:
            pass
        if self._take(0):
            try:
                return self._taken.popleft()
            except IndexError:
                pass
        return default

    def _take(self, nanos: int) -> bool:
        """Take what is there, or wait for it; False if nothing came."""
        began = time.monotonic_ns()
        self._most = min(_MOST, 2 * self._most) if began - self._took_at < _QUICK else 1
        messages = _receive(self._number, self._most, nanos)
        if messages:
            self._taken.extend(messages)
            self._took_at = time.monotonic_ns()
            _holding.add(self)
            return True
        _holding.discard(self)
        if self._taken:  # another thread's, just now
            _holding.add(self)
        if messages is False:
            if self._taken:
                return True
            raise ChannelClosed("the channel is closed, and everything has been received")
        return False

    def send(self, message, timeout: float | None = None) -> None:
        """Send a message; wait while the channel is full.

        Raises TimeoutError if it stays full for ``timeout`` seconds, ChannelClosed if
        the channel is closed, and TypeError if the message cannot cross.
        """
        if self._raw:
            message = _bytes(message)
        until = None if timeout is None else time.monotonic_ns() + int(timeout * 1e9)
        while True:
            left = _SLICE if until is None else min(_SLICE, max(0, until - time.monotonic_ns()))
            sent = _send(self._number, left, message)
            if sent:
                break
            if until is not None and time.monotonic_ns() >= until:
                raise TimeoutError(f"the channel to Java was full for {timeout} s: nobody received")
        if sent < 0:
            raise ChannelClosed("the channel is closed, and nothing can be sent any more")

    def try_send(self, message) -> bool:
        """Send a message if there is room for it now; whether it was sent.

        Raises ChannelClosed if the channel is closed.
        """
        sent = _send(self._number, 0, _bytes(message) if self._raw else message)
        if sent < 0:
            raise ChannelClosed("the channel is closed, and nothing can be sent any more")
        return sent > 0

    def send_all(self, messages) -> None:
        """Send the messages of an iterable, many in one crossing; wait while the channel is full.

        Some may have been sent when it raises ChannelClosed or what ``send`` raises.
        """
        messages = iter(messages)
        while chunk := list(islice(messages, _MOST)):
            if self._raw:
                chunk = [_bytes(message) for message in chunk]
            while chunk:
                sent = _send(self._number, _SLICE, *chunk)
                if sent < 0:
                    raise ChannelClosed("the channel is closed, and nothing can be sent any more")
                del chunk[:sent]

    def __iter__(self) -> "Channel":
        return self

    def __next__(self):
        try:
            return self._taken.popleft()
        except IndexError:
            pass
        try:
            return self.receive()
        except ChannelClosed:
            raise StopIteration from None

    def __len__(self) -> int:
        """How many messages of Java wait for a receiver, or were taken in this context."""
        return _state(self._number)[0] + len(self._taken)

    def __bool__(self) -> bool:
        return True  # whatever its length

    @property
    def capacity(self) -> int:
        """How many messages each direction holds before its senders wait."""
        return self._capacity

    @property
    def closed(self) -> bool:
        """Whether one side has closed the channel; what was sent before may still be received."""
        return _state(self._number)[1]

    def close(self) -> None:
        """Close the channel for both sides."""
        _close(self._number)

    def __enter__(self) -> "Channel":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Channel of {'bytes' if self._raw else 'values'}, {'closed' if self.closed else 'open'}>"


Channel.__module__ = "pyboot"

_receive = _callbacks.function("pyboot.channel.receive")
_send = _callbacks.function("pyboot.channel.send")
_state = _callbacks.function("pyboot.channel.state")
_close = _callbacks.function("pyboot.channel.close")


def _bytes(message) -> bytes:
    if type(message) is bytes:
        return message
    try:
        return bytes(memoryview(message))
    except TypeError:
        raise TypeError(f"a channel of bytes takes bytes only, not a {type(message).__qualname__!r}") from None


def channel_of(number: int, raw: bool, capacity: int) -> Channel:
    found = _channels.get(number)
    if found is None:
        _holding.difference_update([c for c in list(_holding) if not c._taken])
        found = _channels[number] = Channel(number, raw, capacity)
    return found


def channel(name: str) -> Channel:
    """Return the channel that Java has opened under a name; LookupError if there is none.

    >>> pyboot.channel("orders").receive()
    """
    try:
        return _callbacks.function(f"pyboot.channel:{name}")()
    except LookupError:
        raise LookupError(f"no open channel is named {name!r}") from None
