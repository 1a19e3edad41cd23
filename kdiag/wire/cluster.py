"""A cluster on the wire: what the sources ask, and which connection carries it.

`Wire.connect` finds one broker, `learn` tells it the others, `ask` and `ask_all` send requests in
the version that broker and kdiag both speak. One broken broker costs its part of the answer.
"""

import asyncio
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Self

from kdiag.errors import (
    ConnectError,
    KdiagError,
    RequestError,
    Stranger,
    TimedOut,
    Unreachable,
    Unsupported,
)
from kdiag.wire.addresses import Address, parse_addresses
from kdiag.wire.allowlist import APIS
from kdiag.wire.link import Link
from kdiag.wire.opening import Opened, open_connection, security_of
from kdiag.wire.question import Fields, Question
from kdiag.wire.race import first_success
from kdiag.wire.settings import ClientSettings
from kdiag.wire.traffic import Traffic
from kdiag.wire.versions import Features, Versions

Answer = Any  # the reply's kio entity of the chosen version
_TRIES = 2  # of a request that any broker can answer
Answers = dict[int, Any]  # by broker id: the reply, or the RequestError or ConnectError instead


class Wire:
    """Connections to the brokers of one cluster; an async context manager that closes them.

    request_timeout_seconds: for each request from its sending on, and for each opening of a
    connection. deadline: the end of the pass in seconds of the loop's clock, or None.
    cluster_id: once it is known, a broker whose address leads into another cluster is not reached:
    it would answer for that one.
    """

    def __init__(self, settings: ClientSettings, request_timeout_seconds: float = 5) -> None:
        self.traffic = Traffic()
        self.deadline: float | None = None
        self.request_timeout_seconds = request_timeout_seconds
        self.cluster_id: str | None = None
        self._security = security_of(settings)
        self._clock = asyncio.get_running_loop().time
        self._links: dict[int, Link] = {}
        self._bootstrap: list[Link] = []

    @classmethod
    async def connect(
        cls, bootstrap: str, settings: ClientSettings, request_timeout_seconds: float = 5
    ) -> Self:
        """Return a wire with a connection to the first bootstrap broker that lets us in.

        Raises: UsageError (an address or certificate), ConnectError with the reason of each.
        """
        addresses = parse_addresses(bootstrap)
        wire = cls(settings, request_timeout_seconds)
        wire._bootstrap = [Link(f"broker {a}", a, wire._dial) for a in addresses]
        deadline = wire._clock() + request_timeout_seconds
        attempts = [partial(wire._dial_first, address, deadline) for address in addresses]
        opened = await first_success(attempts, discard=lambda other: other.connection.close())
        for link in wire._bootstrap:
            if link.address == opened.connection.address:
                link.adopt(opened)
        return wire

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Drop all connections at once."""
        for link in self._all_links():
            link.close()

    def begin_pass(self, seconds: float | None = None) -> None:
        """Start a new pass: brokers that failed get another chance; seconds: its budget in all."""
        self.cluster_id = None
        self.deadline = None if seconds is None else self._clock() + seconds
        for link in self._all_links():
            link.forget()

    def learn(self, brokers: Iterable[tuple[int, str, int]]) -> None:
        """Take the cluster's brokers as (id, host, port) in place of those known before.

        A broker at a bootstrap address takes over that connection. What is at the other bootstrap
        addresses is asked only once it is known to be of this cluster.
        """
        known, self._links = self._links, {}
        at_bootstrap = {link.address: link for link in self._bootstrap}
        for broker_id, host, port in brokers:
            address, label = Address(host, port), f"broker {broker_id} ({Address(host, port)})"
            old = known.pop(broker_id, None)
            if old is not None and old.address != address:
                old.close()
                old = None
            link = old or at_bootstrap.pop(address, None) or Link(label, address, self._dial_known)
            link.label = label
            self._links[broker_id] = link
        for link in known.values():
            link.close()
        self._bootstrap = [
            link if link.is_open() else Link(link.label, link.address, self._dial_known)
            for link in at_bootstrap.values()
        ]

    @property
    def brokers(self) -> Mapping[int, Address]:
        """Addresses of the brokers that were learned, by id."""
        return {broker_id: link.address for broker_id, link in self._links.items()}

    @property
    def versions(self) -> Mapping[int, Versions]:
        """What the brokers speak that have been reached, by id."""
        return {i: link.opened.versions for i, link in self._links.items() if link.opened}

    @property
    def features(self) -> Features:
        """The features with the newest finalized epoch that any broker told."""
        told = [link.opened.versions.features for link in self._all_links() if link.opened]
        return max(told, key=lambda features: features.epoch, default=Features())

    @property
    def unreachable(self) -> Mapping[int, str]:
        """Brokers that could not be reached in this pass, with the reason."""
        return {i: str(link.failure) for i, link in self._links.items() if link.failure}

    @property
    def strangers(self) -> frozenset[int]:
        """Brokers whose address leads into another cluster, in this pass."""
        return frozenset(i for i, link in self._links.items() if isinstance(link.failure, Stranger))

    @property
    def other_clusters(self) -> Mapping[str, str]:
        """Bootstrap addresses that lead into another cluster, as `meet` found, with the reason."""
        failed = {str(link.address): link.failure for link in self._bootstrap}
        return {
            address: str(failure).removeprefix(f"{address}: ")
            for address, failure in failed.items()
            if isinstance(failure, Stranger)
        }

    async def ask(
        self,
        broker_id: int | None,
        api: str,
        fields: Fields | None = None,
        *,
        newest: int | None = None,
        droppable: Iterable[str] = (),
        timeout_seconds: float | None = None,
    ) -> Answer:
        """Return the reply of one broker, or of any if broker_id is None.

        Of any: where one takes the request and gives no answer, one more is asked.
        fields: as in `request`, or a function from the chosen version to them; droppable: names of
        fields that a version may lack.
        newest: the highest version that the caller can use.
        timeout_seconds: another timeout than the wire's, for requests known to be slow.

        Raises: Unreachable, TimedOut, Unsupported, RequestError; ConnectError if the listener
        closes the connection at our first request, as one that wants SASL does.
        """
        seconds = timeout_seconds or self.request_timeout_seconds
        question = Question(APIS[api], fields, newest, frozenset(droppable), seconds)
        if broker_id is None:
            return await self._ask_any(question)
        link = self._links.get(broker_id)
        if link is None:
            raise Unreachable(f"broker {broker_id} is not registered in the cluster")
        return await self._ask_at(link, question)

    async def ask_all(
        self,
        api: str,
        fields_by_broker: Mapping[int, Fields | None],
        *,
        newest: int | None = None,
        droppable: Iterable[str] = (),
        timeout_seconds: float | None = None,
    ) -> Answers:
        """Ask many brokers at the same time; an error stands for its broker.

        Errors are RequestError or ConnectError objects among the values.
        """
        asked = [
            self.ask(
                broker_id,
                api,
                fields,
                newest=newest,
                droppable=droppable,
                timeout_seconds=timeout_seconds,
            )
            for broker_id, fields in fields_by_broker.items()
        ]
        answers = await asyncio.gather(*(_outcome(one) for one in asked))
        return dict(zip(fields_by_broker, answers, strict=True))

    async def reach(self) -> None:
        """Open a connection to every broker that was learned; `unreachable` tells which failed."""
        seconds = self._seconds_left("ApiVersions", self.request_timeout_seconds)
        await asyncio.gather(*(_outcome(link.connection(seconds)) for link in self._links.values()))

    async def meet(self) -> None:
        """Open a connection to each bootstrap address at which no broker was learned.

        It may be another name of a broker, or of another cluster: `other_clusters` tells.
        """
        seconds = self._seconds_left("ApiVersions", self.request_timeout_seconds)
        await asyncio.gather(*(_outcome(link.connection(seconds)) for link in self._bootstrap))

    def _all_links(self) -> list[Link]:
        return [*self._bootstrap, *self._links.values()]

    def _seconds_left(self, api: str, wanted: float) -> float:
        if self.deadline is None:
            return wanted
        left = self.deadline - self._clock()
        if left <= 0:
            raise TimedOut(f"{api}: the time of this pass is used up")
        return min(wanted, left)

    async def _ask_at(self, link: Link, question: Question) -> Answer:
        name = question.api.name
        opened = await link.connection(self._seconds_left(name, question.seconds))
        try:
            request = question.request(opened.versions.ranges)
            deadline = self._clock() + self._seconds_left(name, question.seconds)
            return await opened.connection.ask(request, deadline)
        except Unsupported as error:
            raise Unsupported(f"{link.label} {error}") from error

    async def _ask_any(self, question: Question) -> Answer:
        """Ask those first to whom a connection is open; dead ones cost no try."""
        failure: KdiagError = Unreachable("no broker is known")
        tries = _TRIES
        for link in sorted(self._all_links(), key=lambda link: not link.is_open()):
            try:
                return await self._ask_at(link, question)
            except Unsupported:
                raise
            except (RequestError, ConnectError) as error:
                failure = error
                tries -= link.failure is None
            if not tries:
                break
        raise failure

    async def _dial(self, address: Address, deadline: float) -> Opened:
        return await open_connection(*address, self._security, deadline, self.traffic)

    async def _dial_known(self, address: Address, deadline: float) -> Opened:
        """Open a connection to a broker of this cluster, and hear which one it belongs to."""
        opened = await self._dial(address, deadline)
        if self.cluster_id is not None:
            try:
                await self._require_ours(opened, deadline)
            except KdiagError:
                opened.connection.close()
                raise
        return opened

    async def _require_ours(self, opened: Opened, deadline: float) -> None:
        question = Question(APIS["Metadata"], {"topics": ()}, None, frozenset(), 0.0)
        reply = await opened.connection.ask(question.request(opened.versions.ranges), deadline)
        if reply.cluster_id not in (None, self.cluster_id):
            address = opened.connection.address
            raise Stranger(f"{address}: another cluster answers there, {reply.cluster_id}")

    async def _dial_first(self, address: Address, deadline: float) -> Opened:
        """Open a bootstrap connection; a controller's listener (KIP-919) is none."""
        opened = await self._dial(address, deadline)
        if APIS["Metadata"].key in opened.versions.ranges:
            return opened
        opened.connection.close()
        raise ConnectError(f"{address}: this is a controller's listener; use one of a broker")


async def _outcome(asked: Any) -> Any:
    """Return the reply, or the error that stands for it."""
    try:
        return await asked
    except (RequestError, ConnectError) as error:
        return error
