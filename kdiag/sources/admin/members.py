"""Members of described groups: each type of group tells them in its own form."""

from collections.abc import Callable, Mapping
from typing import Any

from kdiag.sources.admin.consumer_protocol import Pairs, assigned_partitions, subscribed_topics
from kdiag.sources.admin.outcome import known


def members_of(described: Any, type_: str) -> list[dict[str, Any]]:
    """Return the rows of Members for a group of a type; none where it was refused."""
    if described.error_code != 0:
        return []
    decode = _DECODERS.get(type_, _modern)
    topics = _read_topics(described) if type_ == "streams" else {}
    return [
        {
            "group": str(described.group_id),
            "member_id": member.member_id,
            "client_id": member.client_id,
            "client_host": member.client_host,
            "instance_id": getattr(member, "group_instance_id", None)
            or getattr(member, "instance_id", None),
            "rack": getattr(member, "rack_id", None),
            **decode(member, described, topics),
        }
        for member in described.members
    ]


def _classic(member: Any, group: Any, _: Any) -> dict[str, Any]:
    """Decode a member of a classic group, which tells its topics only in state Stable."""
    is_told = group.group_state == "Stable" and group.protocol_type == "consumer"
    return {
        "subscription": subscribed_topics(member.member_metadata) if is_told else None,
        "assignment": assigned_partitions(member.member_assignment) if is_told else None,
        "is_classic": True,
    }


def _modern(member: Any, group: Any, _: Any) -> dict[str, Any]:
    """Decode a member of a consumer or share group; a regex may add topics, so it hides them."""
    has_regex = bool(getattr(member, "subscribed_topic_regex", None))
    target = getattr(member, "target_assignment", None)
    return {
        "subscription": None if has_regex else tuple(map(str, member.subscribed_topic_names)),
        "assignment": _pairs(member.assignment),
        "target_assignment": None if target is None else _pairs(target),
        "member_epoch": known(member.member_epoch),
        "is_classic": getattr(member, "member_type", -1) == 0,
    }


def _pairs(assignment: Any) -> Pairs:
    return tuple(
        (str(topic.topic_name), int(partition))
        for topic in assignment.topic_partitions
        for partition in topic.partitions
    )


def _streams(member: Any, group: Any, topics: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """Decode a member of a streams group: a task reads its partition of each source topic."""
    return {
        "subscription": tuple(dict.fromkeys(name for names in topics.values() for name in names)),
        "assignment": tuple(
            (name, int(partition))
            for task in member.assignment.active_tasks
            for name in topics.get(task.subtopology_id, ())
            for partition in task.partitions
        ),
        "member_epoch": known(member.member_epoch),
        "is_classic": bool(member.is_classic),
    }


def _read_topics(group: Any) -> dict[str, tuple[str, ...]]:
    return {
        row["subtopology"]: (*row["source_topics"], *row["repartition_source_topics"])
        for row in subtopologies_of(group)
    }


def subtopologies_of(group: Any) -> list[dict[str, Any]]:
    """Return the rows of StreamsTopologies for a group; none where it was refused."""
    return [
        {
            "group": str(group.group_id),
            "subtopology": each.subtopology_id,
            "source_topics": tuple(map(str, each.source_topics)),
            "repartition_source_topics": _names(each.repartition_source_topics),
            "changelog_topics": _names(each.state_changelog_topics),
        }
        for each in getattr(group.topology, "subtopologies", None) or ()
    ]


def _names(topics: Any) -> tuple[str, ...]:
    return tuple(str(topic.name) for topic in topics)


_DECODERS: dict[str, Callable[[Any, Any, Any], dict[str, Any]]] = {
    "classic": _classic,
    "streams": _streams,
}
"""How the members of a type of group are read; consumer and share groups are alike."""
