"""Members of a classic group that speak its protocol themselves: no client library in between.

Their leader decides which partition stays without an owner, and they may join as what no library
of Python joins as: a Streams application or a Connect worker.
"""

import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kdiag.lab.clients import partition_counts
from kdiag.lab.peer import Peer, coordinator, encode

if TYPE_CHECKING:
    from kdiag.lab.loads import Join

_OK, _REBALANCE, _NEEDS_MEMBER_ID = 0, 27, 79
_RETRY_SECONDS = 0.5
_ANSWER_SECONDS = 90.0
_REBALANCE_SECONDS = 60.0
_VERSION = b"\0\1"
"""Of the structures inside JoinGroup and SyncGroup: ConsumerProtocol*, version 1."""


def join(bootstrap: str, load: "Join") -> None:
    """Keep members in the group until the load's time is over; then let them leave."""
    over = threading.Event()
    members = [
        threading.Thread(
            target=_Member(bootstrap, load, f"{load.client_id}-{number + 1}", over).run, daemon=True
        )
        for number in range(load.members)
    ]
    for member in members:
        member.start()
    try:
        time.sleep(load.max_seconds)
    finally:
        over.set()
        for member in members:
            member.join(2)


class _Member:
    """One member: joins, takes what its leader assigns, sends heartbeats, and joins again."""

    def __init__(self, bootstrap: str, load: "Join", client_id: str, over: threading.Event) -> None:
        self._bootstrap, self._load, self._client_id, self._over = bootstrap, load, client_id, over
        self._id = ""

    def run(self) -> None:
        while not self._over.is_set():
            try:
                with self._peer() as peer:
                    self._live(peer)
                    self._leave(peer)
            except OSError:
                self._over.wait(_RETRY_SECONDS)

    def _peer(self) -> Peer:
        address = coordinator(self._bootstrap, self._load.group, self._client_id)
        return Peer(address, self._client_id, _ANSWER_SECONDS)

    def _live(self, peer: Peer) -> None:
        """Join and stay, through one generation after another."""
        while not self._over.is_set():
            generation = self._join(peer)
            if generation is not None:
                self._stay(peer, generation)
            else:
                self._over.wait(_RETRY_SECONDS)

    def _join(self, peer: Peer) -> int | None:
        """Join and sync; return the generation, or None where it has to be tried again."""
        from kio.schema.sync_group.v3.request import SyncGroupRequest
        from kio.schema.types import GroupId

        answer = peer.ask(self._join_request())
        self._id = answer.member_id
        if answer.error_code == _NEEDS_MEMBER_ID:
            answer = peer.ask(self._join_request())
        if answer.error_code != _OK:
            return None
        synced = peer.ask(
            SyncGroupRequest(
                group_id=GroupId(self._load.group),
                generation_id=answer.generation_id,
                member_id=self._id,
                assignments=self._assignments(answer),
            )
        )
        return int(answer.generation_id) if synced.error_code == _OK else None

    def _join_request(self) -> Any:
        from kio.schema.join_group.v5.request import JoinGroupRequest, JoinGroupRequestProtocol
        from kio.schema.types import GroupId
        from kio.static.primitive import i32Timedelta

        protocol = JoinGroupRequestProtocol(name=self._load.protocol, metadata=self._subscription())
        return JoinGroupRequest(
            group_id=GroupId(self._load.group),
            session_timeout=i32Timedelta.parse(
                timedelta(seconds=self._load.session_timeout_seconds)
            ),
            rebalance_timeout=i32Timedelta.parse(timedelta(seconds=_REBALANCE_SECONDS)),
            member_id=self._id,
            protocol_type=self._load.protocol_type,
            protocols=(protocol,),
        )

    def _subscription(self) -> bytes:
        from kio.schema.consumer_protocol_subscription.v1.data import ConsumerProtocolSubscription

        data = ConsumerProtocolSubscription(topics=self._load.topics, owned_partitions=())
        return _VERSION + encode(data)

    def _assignments(self, answer: Any) -> tuple[Any, ...]:
        """Return what each member gets, in turn; only the leader decides."""
        from kio.schema.sync_group.v3.request import SyncGroupRequestAssignment

        ids = sorted(member.member_id for member in answer.members)
        return tuple(
            SyncGroupRequestAssignment(member_id=id_, assignment=self._assignment(number, len(ids)))
            for number, id_ in enumerate(ids)
        )

    def _assignment(self, number: int, members: int) -> bytes:
        from kio.schema.consumer_protocol_assignment.v1.data import (
            ConsumerProtocolAssignment,
            TopicPartition,
        )
        from kio.schema.types import TopicName
        from kio.static.primitive import i32

        counts = partition_counts(self._bootstrap, self._load.topics)
        owned = {
            TopicName(topic): tuple(
                i32(partition)
                for partition in range(number, count, members)
                if partition not in self._load.unowned
            )
            for topic, count in counts.items()
        }
        pairs = (TopicPartition(topic=name, partitions=numbers) for name, numbers in owned.items())
        return _VERSION + encode(ConsumerProtocolAssignment(assigned_partitions=tuple(pairs)))

    def _stay(self, peer: Peer, generation: int) -> None:
        """Send heartbeats until the group rebalances, no longer knows the member, or it is over."""
        from kio.schema.heartbeat.v3.request import HeartbeatRequest
        from kio.schema.types import GroupId
        from kio.static.primitive import i32

        while not self._over.wait(min(3.0, self._load.session_timeout_seconds / 4)):
            heartbeat = HeartbeatRequest(
                group_id=GroupId(self._load.group),
                generation_id=i32(generation),
                member_id=self._id,
            )
            error = peer.ask(heartbeat).error_code
            if error not in (_OK, _REBALANCE):
                self._id = ""
            if error != _OK:
                return

    def _leave(self, peer: Peer) -> None:
        from kio.schema.leave_group.v3.request import LeaveGroupRequest, MemberIdentity
        from kio.schema.types import GroupId

        identity = MemberIdentity(member_id=self._id, group_instance_id=None)
        peer.ask(LeaveGroupRequest(group_id=GroupId(self._load.group), members=(identity,)))
