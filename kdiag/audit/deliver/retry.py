"""Trying again what may pass: with pauses that grow and differ, within one limit of time."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from kdiag.errors import DeliveryError

T = TypeVar("T")

_FIRST_SECONDS = 1.0
_LONGEST_SECONDS = 30.0
_ATTEMPTS = 5


class Again(Exception):
    """An attempt failed in a way that may pass. wait_seconds: what the other side asks for."""

    def __init__(self, sentence: str, wait_seconds: float | None = None) -> None:
        super().__init__(sentence)
        self.wait_seconds = wait_seconds


def persist(attempt: Callable[[float], T], limit_seconds: float) -> T:
    """Return what an attempt returns, after as many as there is time for, at most five.

    attempt: gets the seconds that are left; raises Again where another one may succeed. Pauses
    double, up to half a minute, each shortened by chance so that many senders do not come at once
    ("full jitter" would also come at once again; here at least half of it is waited). Raises
    DeliveryError with the last sentence.
    """
    deadline = time.monotonic() + limit_seconds
    for number in range(1, _ATTEMPTS + 1):
        try:
            return attempt(max(0.1, deadline - time.monotonic()))
        except Again as failed:
            pause = failed.wait_seconds
            if pause is None:
                longest = min(_LONGEST_SECONDS, _FIRST_SECONDS * 2 ** (number - 1))
                pause = longest * random.uniform(0.5, 1)  # noqa: S311 - no secret is made of it
            if number == _ATTEMPTS or time.monotonic() + pause >= deadline:
                raise DeliveryError(f"{failed}, at attempt {number}") from None
        time.sleep(pause)
    raise AssertionError("the last attempt returns or raises")
