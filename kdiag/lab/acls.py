"""ACLs of a lab, and a lab in which there is something to secure."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from kdiag.lab.clients import await_all
from kdiag.lab.lab import Lab

if TYPE_CHECKING:
    from confluent_kafka.admin._acl import AclBinding

_KINDS = {
    "topic": "TOPIC",
    "group": "GROUP",
    "cluster": "BROKER",
    "transactional-id": "TRANSACTIONAL_ID",
}
_CLUSTER = "kafka-cluster"

SECURED: Mapping[str, Any] = {
    "listeners": ("ssl", "sasl_plain", "scram_sha_256"),
    "properties": {
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
        "ssl.allow.san.changes": "true",
    },
}
"""Arguments of `Lab` for certificates, users and ACLs. Brokers and the lab's own clients come by
the plain listener, and are User:ANONYMOUS."""


class Acl(NamedTuple):
    """One ACL. operation: as in Kafka's enumeration (READ). name: of no meaning for the cluster."""

    principal: str
    operation: str
    kind: str = "topic"
    name: str = "*"
    pattern: str = "LITERAL"
    permission: str = "ALLOW"


def reads(user: str) -> tuple[Acl, ...]:
    """Return the ACLs that `kdiag acl` names for a principal which shall see all."""
    principal = f"User:{user}"
    return (
        Acl(principal, "READ", "topic"),
        Acl(principal, "DESCRIBE_CONFIGS", "topic"),
        Acl(principal, "DESCRIBE", "group"),
        Acl(principal, "DESCRIBE_CONFIGS", "group"),
        Acl(principal, "DESCRIBE", "cluster"),
        Acl(principal, "DESCRIBE_CONFIGS", "cluster"),
        Acl(principal, "DESCRIBE", "transactional-id"),
    )


def add(lab: Lab, *acls: Acl) -> None:
    """Add ACLs."""
    await_all(lab.admin().create_acls([_binding(acl) for acl in acls]))


def remove(lab: Lab, *acls: Acl) -> None:
    """Remove ACLs; one that does not exist is fine."""
    from confluent_kafka.admin._acl import AclBindingFilter

    filters = [
        AclBindingFilter(
            each.restype,
            each.name,
            each.resource_pattern_type,
            each.principal,
            each.host,
            each.operation,
            each.permission_type,
        )
        for each in map(_binding, acls)
    ]
    await_all(lab.admin().delete_acls(filters))


def _binding(acl: Acl) -> "AclBinding":
    from confluent_kafka.admin._acl import AclBinding, AclOperation, AclPermissionType
    from confluent_kafka.admin._resource import ResourcePatternType, ResourceType

    return AclBinding(
        ResourceType[_KINDS[acl.kind]],
        _CLUSTER if acl.kind == "cluster" else acl.name,
        ResourcePatternType[acl.pattern],
        acl.principal,
        "*",
        AclOperation[acl.operation],
        AclPermissionType[acl.permission],
    )
