"""Waiting for what takes time, always with a limit."""

import time
from collections.abc import Callable

from kdiag.errors import LabError


def is_true_within(seconds: float, question: Callable[[], bool], every: float = 0.1) -> bool:
    """Ask until the answer is yes; tell whether it was within the time."""
    deadline = time.monotonic() + seconds
    while not question():
        if time.monotonic() >= deadline:
            return False
        time.sleep(every)
    return True


def wait_until(
    question: Callable[[], bool], what: str, seconds: float = 30, every: float = 0.1
) -> None:
    """Ask until the answer is yes; raise LabError, which says what was awaited, if it never is."""
    if not is_true_within(seconds, question, every):
        raise LabError(f"The lab waited {seconds:g} s in vain until {what}.")
