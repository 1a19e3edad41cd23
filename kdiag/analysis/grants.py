"""Grants that are missing, read from their wording, and the command that gives them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kdiag.finding import CLUSTER, Subject, group, topic

_GRANT = re.compile(
    r"(?P<operation>Read|Describe|DescribeConfigs|ClusterAction|All) on (?:the )?"
    r"(?P<kind>cluster|topic|group|transactional ?id)s?(?: (?P<name>.+))?",
    re.IGNORECASE,
)
_GRANT_TO = (
    "kafka-acls.sh --bootstrap-server {bootstrap} --add --allow-principal User:PRINCIPAL "
    "--operation {operations}"
)
GRANT_COMMANDS = {
    "cluster": _GRANT_TO + " --cluster",
    "topic": _GRANT_TO + " --topic {name}",
    "group": _GRANT_TO + " --group {name}",
    "transactional id": _GRANT_TO + " --transactional-id {name}",
}
"""Kind of resource → the command that grants {operations} on the one called {name}."""


@dataclass(frozen=True)
class Resource:
    """What an ACL is about: a kind and a name, `*` for all of the kind, empty for the cluster."""

    kind: str
    name: str = ""

    @property
    def subject(self) -> Subject:
        """Return the resource as the subject of a finding."""
        match self.kind:
            case "topic":
                return topic(self.name)
            case "group":
                return group(self.name)
            case "cluster":
                return CLUSTER
            case _:
                return Subject.of("transactional_id", transactional_id=self.name)

    def __str__(self) -> str:
        if self.kind == "cluster":
            return "the cluster"
        return f"all {self.kind}s" if self.name == "*" else f"{self.kind} {self.name}"


def grants_in(text: str) -> Iterator[tuple[Resource, str]]:
    """Yield resource and operation of each grant in a text: `Describe on Topic a, Read on Group b`.

    Flags, versions and anything else that is no grant of an ACL are passed over.
    """
    for part in text.split(","):
        match = _GRANT.match(part.strip())
        if match is None:
            continue
        kind = match["kind"].lower().replace("transactionalid", "transactional id")
        name = "" if kind == "cluster" else match["name"] or "*"
        yield Resource(kind, name), match["operation"]
