"""The three topics in which a Connect cluster keeps its state, told by their names.

No API names them. A topic counts where all three kinds are there with equal words around the kind:
`connect-configs`, `connect-offsets`, `connect-status` (Kafka's, Strimzi's and Confluent's files),
or `mm2-configs.A.internal` and its like (MirrorMaker 2): one `…-status` alone may be anybody's.
"""

import re

from kdiag.check import derive
from kdiag.sections import Topics
from kdiag.snapshot import Table

_KINDS = ("config", "offset", "status")
NAME = re.compile(
    r"(?P<before>(?:[\w.-]*connect(?:[\w.-]*)?[._-]|mm2-))"
    r"(?:storage[._-])?(?P<kind>config|offset|status)(?:s|es)?(?P<behind>\.[\w.-]+\.internal|)"
)
"""Of one of the three."""


class ConnectTopics(Table):
    """One row an internal topic of a Connect cluster. kind: config, offset, status."""

    noun = "internal topics of Connect"
    columns = {"topic": "str", "kind": "str", "partition_count": "int"}


@derive()
def connect_topics(topics: Topics) -> ConnectTopics:
    """Find the topics that come in threes."""
    rows = topics.rows
    found: dict[tuple[str, str], dict[str, tuple[str, int]]] = {}
    for name, count in zip(rows["topic"], rows["partition_count"], strict=True):
        match = NAME.fullmatch(name)
        if match is not None:
            around = (match["before"], match["behind"])
            found.setdefault(around, {})[match["kind"]] = (name, count)
    return ConnectTopics.from_rows(
        [
            {"topic": kinds[kind][0], "kind": kind, "partition_count": kinds[kind][1]}
            for kinds in found.values()
            if set(kinds) == set(_KINDS)
            for kind in _KINDS
        ],
        read_at=topics.read_at,
    )
