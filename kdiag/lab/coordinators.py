"""What coordinators say of share groups and streams groups, which no client library describes."""

import importlib
from typing import Any

from kdiag.lab.lab import Lab
from kdiag.lab.peer import Peer, coordinator
from kdiag.lab.waiting import wait_until

_SECONDS = 60
_CLIENT = "lab"


def wait_listed(lab: Lab, group: str, state: str) -> None:
    """Wait until a group is listed in a state, as the protocol spells it: NotReady and so on."""
    wait_until(lambda: _listed_state(lab, group) == state, f"group {group} is {state}", _SECONDS)


def wait_share_lag(lab: Lab, group: str, records: int) -> None:
    """Wait until a share group has begun, and so many records or fewer are not done with."""

    def is_done() -> bool:
        lags = _share_lags(lab, group)
        return bool(lags) and min(lags) >= 0 and sum(lags) <= records

    wait_until(is_done, f"share group {group} has a lag of {records} records", _SECONDS)


def _listed_state(lab: Lab, group: str) -> str | None:
    schema = _schema("list_groups.v5")
    request = schema.ListGroupsRequest(states_filter=(), types_filter=())
    answer = _ask(lab, group, request)
    groups = () if answer is None else answer.groups
    return next((each.group_state for each in groups if each.group_id == group), None)


def _share_lags(lab: Lab, group: str) -> list[int]:
    """Return the lag of each partition that the group reads; -1 where it has not begun."""
    schema = _schema("describe_share_group_offsets.v1")
    asked = schema.DescribeShareGroupOffsetsRequestGroup(group_id=group, topics=None)
    answer = _ask(lab, group, schema.DescribeShareGroupOffsetsRequest(groups=(asked,)))
    groups = () if answer is None else answer.groups
    return [
        int(each.lag) for found in groups for topic in found.topics for each in topic.partitions
    ]


def _ask(lab: Lab, group: str, request: Any) -> Any:
    """Return the answer of the coordinator of a group, or None where it does not answer now."""
    try:
        with Peer(coordinator(lab.bootstrap, group, _CLIENT), _CLIENT) as peer:
            return peer.ask(request)
    except OSError:
        return None


def _schema(version: str) -> Any:
    return importlib.import_module(f"kio.schema.{version}.request")
