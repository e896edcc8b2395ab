"""The Python code of docs/streaming.md."""

import pyboot

log = []


def prices(currency, count):
    try:
        for day in range(count):
            yield {"currency": currency, "day": day, "price": 100 + day}
    finally:
        log.append("closed")


def rising(prices):
    last = 0
    for price in prices:
        if price["price"] > last:
            yield price
        last = price["price"]


def score_all(channel):
    for text in channel:  # until it is closed
        channel.send({"text": text, "score": len(text)})


def alert(text):
    pyboot.channel("alerts").send(text, timeout=1)
