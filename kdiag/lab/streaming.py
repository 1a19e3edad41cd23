"""A member of a streams group that speaks its protocol itself (KIP-1071), and processes nothing.

Kafka Streams is Java; for what the coordinator makes of a topology, a member that names its topics
and sends heartbeats is enough.
"""

import importlib
import time
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kdiag.lab.peer import Peer, coordinator

if TYPE_CHECKING:
    from kdiag.lab.loads import Stream

_HEARTBEAT_SECONDS = 1.0
_REBALANCE_TIMEOUT = timedelta(seconds=60)
_JOINING, _LEAVING = 0, -1
_SUBTOPOLOGY = "0"


def stream(bootstrap: str, load: "Stream") -> None:
    """Join a streams group and stay in it until the load's time is over; then leave."""
    deadline = time.monotonic() + load.max_seconds
    while time.monotonic() < deadline:
        try:
            with Peer(coordinator(bootstrap, load.group, load.client_id), load.client_id) as peer:
                _Member(peer, load).stay(deadline)
        except OSError:
            time.sleep(_HEARTBEAT_SECONDS)


class _Member:
    """One member: joins with its topology, and owns at once what it is assigned."""

    def __init__(self, peer: Peer, load: "Stream") -> None:
        self._peer, self._load = peer, load
        self._id, self._epoch = str(uuid.uuid4()), _JOINING
        self._owned: tuple[int, ...] = ()
        self._schema: Any = importlib.import_module("kio.schema.streams_group_heartbeat.v0.request")

    def stay(self, deadline: float) -> None:
        """Send heartbeats until the time is over, and leave.

        Raises: OSError where the coordinator is gone or does not take the member.
        """
        try:
            while time.monotonic() < deadline:
                answer = self._peer.ask(self._heartbeat(self._epoch))
                if answer.error_code:
                    raise ConnectionError(f"The member is refused: {answer.error_message}")
                self._epoch = answer.member_epoch
                if answer.active_tasks is not None:
                    self._owned = tuple(n for task in answer.active_tasks for n in task.partitions)
                time.sleep(_HEARTBEAT_SECONDS)
        finally:
            self._peer.ask(self._heartbeat(_LEAVING))

    def _heartbeat(self, epoch: int) -> Any:
        is_joining = epoch == _JOINING
        owned = (self._schema.TaskIds(subtopology_id=_SUBTOPOLOGY, partitions=self._owned),)
        return self._schema.StreamsGroupHeartbeatRequest(
            group_id=self._load.group,
            member_id=self._id,
            member_epoch=epoch,
            endpoint_information_epoch=0,
            rebalance_timeout=_REBALANCE_TIMEOUT,
            topology=self._topology() if is_joining else None,
            active_tasks=owned if self._owned else (),
            standby_tasks=(),
            warmup_tasks=(),
            process_id=self._id if is_joining else None,
            client_tags=() if is_joining else None,
            task_offsets=None,
            task_end_offsets=None,
        )

    def _topology(self) -> Any:
        """Return one subtopology that reads the topics and keeps a state store."""
        changelogs = tuple(
            self._schema.TopicInfo(name=name, partitions=0, replication_factor=0, topic_configs=())
            for name in self._load.changelog_topics
        )
        subtopology = self._schema.Subtopology(
            subtopology_id=_SUBTOPOLOGY,
            source_topics=self._load.topics,
            state_changelog_topics=changelogs,
            repartition_source_topics=(),
            copartition_groups=(),
        )
        return self._schema.Topology(epoch=0, subtopologies=(subtopology,))
