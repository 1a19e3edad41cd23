"""ACLs: DescribeAcls; and Metadata of topics that have an ACL of their own and are not listed.

Any broker may be asked. Metadata leaves out what we may not describe without a word; asked for by
name, it tells such a topic (TOPIC_AUTHORIZATION_FAILED) from one that does not exist.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from kdiag.errors import KdiagError
from kdiag.sections import Acls, UnlistedTopics
from kdiag.snapshot import Missing
from kdiag.sources.admin.metadata import OPERATIONS
from kdiag.sources.admin.outcome import missing, missing_for
from kdiag.sources.tables import tables_ready
from kdiag.wire.cluster import Wire

_ANY = 1  # ResourceType, PatternType, AclOperation and AclPermissionType: any
_NO_AUTHORIZER = 54  # SECURITY_DISABLED
_TOLD = (0, 3)  # NONE, UNKNOWN_TOPIC_OR_PARTITION
_MOST_TOPICS = 1000
_TOO_MANY = Missing(f"more than {_MOST_TOPICS} topics of ACLs are not listed")

_KINDS = {
    2: "topic",
    3: "group",
    4: "cluster",
    5: "transactional-id",
    6: "delegation-token",
    7: "user",
}
"""Codes of org.apache.kafka.common.resource.ResourceType."""

_PATTERNS = {3: "literal", 4: "prefixed"}
_PERMISSIONS = {2: "deny", 3: "allow"}


async def read_acls(wire: Wire, now: datetime) -> Acls | Missing:
    """Ask for all ACLs; that nothing enforces any is an answer, too."""
    everything = {
        "resource_type_filter": _ANY,
        "pattern_type_filter": _ANY,
        "operation": _ANY,
        "permission_type": _ANY,
        **dict.fromkeys(("resource_name_filter", "principal_filter", "host_filter")),
    }
    try:
        reply = await wire.ask(None, "DescribeAcls", everything)
    except KdiagError as error:
        return missing(error)
    if reply.error_code not in (0, _NO_AUTHORIZER):
        return missing_for("DescribeAcls", reply.error_code)
    rows = [row for resource in reply.resources for row in _rows(resource)]
    await tables_ready()
    is_enforced = reply.error_code != _NO_AUTHORIZER
    return Acls.from_rows(rows, read_at=now, is_enforced=is_enforced)


def _rows(resource: Any) -> list[dict[str, Any]]:
    of = {
        "kind": _word(_KINDS, resource.resource_type),
        "name": str(resource.resource_name),
        "pattern": _word(_PATTERNS, resource.pattern_type),
    }
    return [
        {
            **of,
            "principal": str(acl.principal),
            "host": str(acl.host),
            "operation": _word(OPERATIONS, acl.operation),
            "permission": _word(_PERMISSIONS, acl.permission_type),
        }
        for acl in resource.acls
    ]


def _word(words: Mapping[int, str], code: int) -> str:
    return words.get(code, f"code {code}")


async def read_unlisted_topics(
    wire: Wire, acls: Acls | Missing, topics: Collection[str], now: datetime
) -> UnlistedTopics | Missing:
    """Ask, by name, for topics that have an ACL of their own. topics: those that are listed."""
    if isinstance(acls, Missing):
        return acls
    rows = acls.rows[(acls.rows["kind"] == "topic") & (acls.rows["pattern"] == "literal")]
    names = sorted(set(rows["name"]) - {"*"} - set(topics))
    if not names:
        return UnlistedTopics.of(read_at=now)
    asked = [{"name": name} for name in names[:_MOST_TOPICS]]
    try:
        reply = await wire.ask(None, "Metadata", {"topics": asked})
    except KdiagError as error:
        return missing(error)
    errors = {f"topic {name}": _TOO_MANY for name in names[_MOST_TOPICS:]}
    errors |= {
        f"topic {topic.name}": missing_for("Metadata", topic.error_code, str(topic.name))
        for topic in reply.topics
        if topic.error_code not in _TOLD
    }
    told = [
        {"topic": str(topic.name), "exists": topic.error_code == 0}
        for topic in reply.topics
        if topic.error_code in _TOLD
    ]
    return UnlistedTopics.from_rows(told, read_at=now, errors=errors)
