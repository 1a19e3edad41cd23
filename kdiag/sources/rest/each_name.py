"""The same question for many names of one endpoint: a few at a time, within some seconds."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from kdiag.errors import Denied, KdiagError, TimedOut
from kdiag.snapshot import Missing
from kdiag.sources.missing import missing
from kdiag.sources.rest.client import Answered, Odd

T = TypeVar("T")

_ASKERS = 8  # as many as a client has connections


@dataclass(frozen=True)
class Found(Generic[T]):
    """What was told, by name. lacking: why some of it is not there."""

    by_name: Mapping[str, T]
    lacking: Missing | None = None


async def of_each(
    names: Sequence[str],
    ask: Callable[[str], Awaitable[T]],
    seconds: float,
    noun: str = "subjects",
) -> Found[T]:
    """Return what is told of each name; one that is gone by now is left out.

    noun: what the names are of, for the sentence that says that time ran out.
    One that is refused costs itself, an endpoint that goes away what was not asked until then. One
    that gets no answer is asked for a second time.
    """
    if not names:
        return Found({})
    found: dict[str, T] = {}
    refused: list[Missing] = []
    waiting = iter(names)
    try:
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as tasks:
            for _ in range(_ASKERS):
                tasks.create_task(_ask_in_turn(waiting, ask, found, refused))
    except TimeoutError:
        told = f"{len(found)} of {len(names)} {noun} were asked within {seconds:.3g} s"
        return Found(found, Missing(told))
    except ExceptionGroup as errors:
        return Found(found, _reason(errors.exceptions[0]))
    return Found(found, next(iter(refused), None))


async def _ask_in_turn(
    waiting: Iterator[str],
    ask: Callable[[str], Awaitable[T]],
    found: dict[str, T],
    refused: list[Missing],
) -> None:
    """Ask for one name after the other that waits, beside others who do the same."""
    for name in waiting:
        try:
            found[name] = await _again_if_lost(ask, name)
        except Answered as error:
            if not error.is_not_there:
                refused.append(Missing(str(error)))
        except Denied as error:
            refused.append(missing(error))
        except Odd as error:
            refused.append(Missing(f"an answer is not what it must be: {error}"))


async def _again_if_lost(ask: Callable[[str], Awaitable[T]], name: str) -> T:
    """Ask once more where no answer comes: one that got lost would cost all names after it.

    What was asked before is over by then, and its connection closed.
    """
    try:
        return await ask(name)
    except TimedOut:
        return await ask(name)


def _reason(error: Exception) -> Missing:
    """Return why something was not told; raises what is no error of an endpoint."""
    if isinstance(error, KdiagError):
        return missing(error)
    raise error
