"""What a dashboard is made of: panels with their queries, in rows, and variables.

In a query, $S stands for all labels that the variables of its dashboard select, $C for those of
the job and the cluster.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["stat", "timeseries", "table", "state-timeline"]
Steps = tuple[tuple[float, str], ...]
"""From which value on which colour; below the first it is good."""

Words = Mapping[int, tuple[str, str]]
"""Value → what is written in its place, and in which colour."""

GOOD, NOTE, WARN, BAD = "green", "blue", "orange", "red"
SOME: Steps = ((1, WARN),)
"""Not one should be there."""

ANY: Steps = ((1, BAD),)
"""Each one is an outage."""

NO_YES: Words = {0: ("no", BAD), 1: ("yes", GOOD)}
YES_NO: Words = {0: ("no", GOOD), 1: ("yes", BAD)}


@dataclass(frozen=True)
class Query:
    """PromQL. name: legend of its series, or heading of its column in a table, which has a look."""

    expr: str
    name: str = ""
    unit: str = "short"
    steps: Steps = ()
    words: Words = field(default_factory=dict)


@dataclass(frozen=True)
class Panel:
    """One panel. width, height: in Grafana's grid, of 24 columns.

    labels: of a table, the labels that are columns, before those of its queries. sort: heading of
    the column that it is sorted by, largest first. empty: what is shown where there is no data.
    none_while: there is none while all is well, or while a broker does not answer.
    """

    kind: Kind
    title: str
    description: str
    queries: tuple[Query, ...]
    unit: str = "short"
    width: int = 12
    height: int = 8
    steps: Steps = ()
    words: Words = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    sort: str = ""
    empty: str = "no data"
    none_while: Literal["", "well", "broken"] = ""


@dataclass(frozen=True)
class Variable:
    """One variable. query: what its values are. label: what a person reads."""

    name: str
    label: str
    query: str
    is_multi: bool = False


@dataclass(frozen=True)
class Board:
    """One dashboard. uid: never changes. variables: narrow $S, each those before it.

    rows: heading → panels. marks: PromQL whose series are drawn over all panels, by their check.
    """

    uid: str
    title: str
    description: str
    variables: tuple[Variable, ...]
    rows: Mapping[str, tuple[Panel, ...]]
    marks: str = ""


def stat(
    title: str,
    description: str,
    expr: str,
    *,
    unit: str = "short",
    steps: Steps = (),
    words: Words | None = None,
    empty: str = "no data",
    none_while: Literal["", "broken"] = "",
) -> Panel:
    """Return a number of the first row."""
    return Panel(
        "stat",
        title,
        description,
        (Query(expr),),
        unit=unit,
        width=3,
        height=4,
        steps=steps,
        words=words or {},
        empty=empty,
        none_while=none_while,
    )


JOB = Variable("job", "Job", "label_values(kdiag_up, job)", is_multi=True)
KAFKA_CLUSTER = Variable("kafka_cluster", "Cluster", "label_values(kdiag_up{$S}, kafka_cluster)")
CLUSTER_UID, EXPORTER_UID = "kdiag-cluster", "kdiag-exporter"
GROUP_UID, TOPIC_UID = "kdiag-group", "kdiag-topic"
PIPELINE_UID = "kdiag-pipeline"
