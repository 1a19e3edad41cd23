"""The past that a plan wants, out of internal topics: groups, share groups, transactions."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from kdiag.collect.settled import Filled
from kdiag.plan import Plan
from kdiag.sections import (
    CommitHistory,
    GenerationHistory,
    GroupConfigs,
    HistoryReach,
    MemberHistory,
    Partitions,
    Replicas,
    ShareStateHistory,
    Topics,
    TransactionHistory,
)
from kdiag.snapshot import Missing, Section
from kdiag.sources.admin.configs import read_group_configs
from kdiag.sources.admin.groups import Listing
from kdiag.sources.history import read_history, read_share_state, read_transaction_history
from kdiag.wire.cluster import Wire

Read = Callable[[float, int], Awaitable[Filled]]

_GROUPS = (CommitHistory, GenerationHistory, MemberHistory, HistoryReach)
_NOT_READ = Missing("history was not read", "--history-seconds")
_UNLISTED = Missing("not every broker told its groups, and no share group was seen")
_TRANSACTION_BYTES = 16 << 20  # ten minutes of 100 transactions a second
_SHARE_BYTES = 4 << 20  # some minutes of a busy share group, days of a quiet one


@dataclass(frozen=True)
class Histories:
    """What the histories are read with. listing: the groups; None where they were not listed."""

    wire: Wire
    plan: Plan
    tables: tuple[Topics, Partitions]
    now: datetime
    listing: Listing | None
    replicas: Replicas | None
    has_transactions: bool

    async def read(self, seconds: float, bytes_: int) -> Filled:
        """Read all that the plan wants, within the budget; 0 leaves the histories."""
        filled: Filled = {}
        asked: list[Awaitable[Filled]] = []
        for sections, read in self._parts():
            if self.plan.sections & set(sections):
                if seconds and bytes_:
                    asked.append(read(seconds, bytes_))
                else:
                    filled |= dict.fromkeys(sections, _NOT_READ)
        for part in await asyncio.gather(*asked, self._group_configs()):
            filled |= part
        return filled

    def _parts(self) -> Iterator[tuple[tuple[type[Section], ...], Read]]:
        yield _GROUPS, self._groups
        yield (TransactionHistory,), self._transactions
        if self.listing is not None:
            yield (ShareStateHistory,), self._shares

    async def _groups(self, seconds: float, bytes_: int) -> Filled:
        _, partitions = self.tables
        read = await read_history(
            self.wire,
            partitions,
            self.replicas,
            self.now,
            has_groups=self.listing is not None and bool(self.listing.groups),
            budget_bytes=bytes_,
            budget_seconds=seconds,
        )
        return dict(read)

    async def _shares(self, seconds: float, bytes_: int) -> Filled:
        topics, partitions = self.tables
        listing = self.listing
        if listing is not None and listing.errors and not listing.share_groups:
            return {ShareStateHistory: _UNLISTED}
        read = await read_share_state(
            self.wire,
            partitions,
            topics,
            self.now,
            has_groups=listing is not None and bool(listing.share_groups),
            budget_bytes=min(bytes_, _SHARE_BYTES),
            budget_seconds=seconds,
        )
        return {ShareStateHistory: read}

    async def _transactions(self, seconds: float, bytes_: int) -> Filled:
        _, partitions = self.tables
        read = await read_transaction_history(
            self.wire,
            partitions,
            self.now,
            has_transactions=self.has_transactions,
            budget_bytes=min(bytes_, _TRANSACTION_BYTES),
            budget_seconds=seconds,
        )
        return {TransactionHistory: read}

    async def _group_configs(self) -> Filled:
        if GroupConfigs not in self.plan.sections or self.listing is None:
            return {}
        return {GroupConfigs: await read_group_configs(self.wire, self.listing, self.now)}
