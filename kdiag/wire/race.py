"""The first of several attempts that succeeds, started one after the other (RFC 8305)."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

from kdiag.errors import ConnectError

T = TypeVar("T")
Attempt = Callable[[], Coroutine[Any, Any, T]]
STAGGER_SECONDS = 0.25  # RFC 8305, section 5: "Connection Attempt Delay"


async def first_success(attempts: Iterable[Attempt[T]], discard: Callable[[T], None]) -> T:
    """Return the result of the first attempt that succeeds; the others are cancelled.

    The next attempt starts when one failed or STAGGER_SECONDS have passed, so a dead host does not
    delay. discard: what to do with a second success.

    Raises: ConnectError with the reasons of all attempts.
    """
    left = deque(attempts)
    running: set[asyncio.Task[T]] = set()
    failures: list[str] = []
    try:
        while left or running:
            if left:
                running.add(asyncio.create_task(left.popleft()()))
            wait = STAGGER_SECONDS if left else None
            done, _ = await asyncio.wait(running, timeout=wait, return_when="FIRST_COMPLETED")
            for task in done:
                running.discard(task)
                try:
                    return task.result()
                except ConnectError as error:
                    failures.append(str(error))
    finally:
        await _drop(running, discard)
    raise ConnectError("; ".join(dict.fromkeys(failures)))


async def _drop(tasks: set[asyncio.Task[T]], discard: Callable[[T], None]) -> None:
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if not isinstance(result, BaseException):
            discard(result)
