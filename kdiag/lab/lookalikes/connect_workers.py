"""The workers of Kafka Connect are a group that reads no topic and commits nothing."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove
from kdiag.lab.lab import Lab
from kdiag.lab.peer import Peer, coordinator
from kdiag.lab.waiting import wait_until

_GROUP = "connect-cluster"
_WORKERS = 2


def inject(lab: Lab) -> None:
    """Let two members join as Connect workers do."""
    lab.start_members(_GROUP, members=_WORKERS, protocol_type="connect", protocol="sessioned")
    wait_until(lambda: _stable_workers(lab) == _WORKERS, f"{_WORKERS} workers are stable", 60, 0.5)


def _stable_workers(lab: Lab) -> int:
    """Return the number of workers of a stable group.

    Asked of the coordinator itself: confluent-kafka describes no groups but those of consumers.
    """
    from kio.schema.describe_groups.v4.request import DescribeGroupsRequest
    from kio.schema.types import GroupId

    request = DescribeGroupsRequest(groups=(GroupId(_GROUP),), include_authorized_operations=False)
    try:
        with Peer(coordinator(lab.bootstrap, _GROUP, "lab"), "lab") as peer:
            [found] = peer.ask(request).groups
    except OSError:
        return 0
    return len(found.members) if found.group_state == "Stable" else 0


LOOKALIKE = Fault(
    name="connect-workers",
    title="The workers of Kafka Connect",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP),
    forbids=("group-dead", "orphan-group", "unowned-partition", "idle-members"),
    objects=(_GROUP,),
    settle_seconds=5,
)
