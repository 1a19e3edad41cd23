"""What changed from one page to the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kdiag.pages.lag import Key


class Lags(Protocol):
    """A page with lags: in records by row, None where not known."""

    @property
    def taken_at(self) -> datetime:
        """Start of the pass."""

    @property
    def is_complete(self) -> bool:
        """Whether nothing that the page is about is missing."""

    @property
    def lags(self) -> Mapping[Key, int | None]:
        """Row → lag in records."""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """deltas: by how many records the lag of a row grew or fell, where both pages know it.

    new, gone: rows of one page only; none where the other page is not complete.
    """

    seconds: float
    deltas: Mapping[Key, int]
    new: frozenset[Key]
    gone: tuple[Key, ...]


def changes(before: Lags, now: Lags) -> Changes:
    """Compare two pages that want the same."""
    known = {key: (before.lags.get(key), lag) for key, lag in now.lags.items()}
    return Changes(
        seconds=(now.taken_at - before.taken_at).total_seconds(),
        deltas={
            key: lag - then
            for key, (then, lag) in known.items()
            if then is not None and lag is not None
        },
        new=frozenset(now.lags.keys() - before.lags.keys()) if before.is_complete else frozenset(),
        gone=tuple(key for key in before.lags if key not in now.lags) if now.is_complete else (),
    )
