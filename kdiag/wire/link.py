"""The one connection to one broker: opened when first needed, its failure remembered."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from kdiag.errors import KdiagError, TimedOut, Unreachable
from kdiag.wire.addresses import Address
from kdiag.wire.opening import Opened

_SUSPICION = 5  # a broker that fell silent gets this fraction of a timeout to prove itself

Dial = Callable[[Address, float], Coroutine[Any, Any, Opened]]


class Link:
    """Where a broker is, and the connection to it.

    All who need the connection share one opening. If it fails, the reason stays until `forget`:
    a dead broker costs one attempt in a pass, not one per request. A connection that the broker
    closed in between is opened again; one that fell silent is, too, but with a fifth of the time:
    one slow request does not lose the rest, a stopped broker does not cost a second timeout. One
    whose login is about to expire is replaced, not renewed: the round-trips are the same.
    """

    def __init__(self, label: str, address: Address, dial: Dial) -> None:
        self.label = label
        self.address = address
        self.opened: Opened | None = None
        self.failure: KdiagError | None = None
        self._dial = dial
        self._opening: asyncio.Task[Opened | KdiagError] | None = None

    def is_open(self) -> bool:
        """Whether a request can be sent without waiting."""
        if self.opened is None or self.opened.connection.closed is not None:
            return False
        return asyncio.get_running_loop().time() < self.opened.expires_at

    def adopt(self, opened: Opened) -> None:
        """Use a connection that was opened elsewhere."""
        self.opened = opened

    def forget(self) -> None:
        """Try again although it failed before: a new pass begins."""
        self.failure = None

    def close(self) -> None:
        """Drop the connection, and the opening of one."""
        if self._opening is not None:
            self._opening.cancel()
        if self.opened is not None:
            self.opened.connection.close()

    async def connection(self, timeout_seconds: float) -> Opened:
        """Return the open connection; the first caller's timeout is that of the opening.

        Raises: Unreachable with the reason of the first failure.
        """
        if self.opened is not None and self.is_open():
            return self.opened
        if self.failure is None:
            if self._opening is None or self._opening.done():
                self._opening = asyncio.create_task(self._open(timeout_seconds))
            outcome = await asyncio.shield(self._opening)
            if isinstance(outcome, Opened):
                return outcome
        raise Unreachable(str(self.failure))

    async def _open(self, timeout_seconds: float) -> Opened | KdiagError:
        """Return the outcome as a value: nobody may be left to take an exception."""
        old = self.opened.connection if self.opened is not None else None
        silence = old.closed if old is not None else None
        if isinstance(silence, TimedOut):
            timeout_seconds /= _SUSPICION
        deadline = asyncio.get_running_loop().time() + timeout_seconds
        try:
            self.opened = await self._dial(self.address, deadline)
        except KdiagError as error:
            still_silent = isinstance(error.__cause__, TimedOut | TimeoutError)
            self.failure = silence if isinstance(silence, TimedOut) and still_silent else error
            return self.failure
        if old is not None:
            old.close_when_idle()
        return self.opened
