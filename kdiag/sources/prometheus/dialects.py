"""How exporters name where groups stand, and the queries that ask for it.

Names of others: danielqsj/kafka_exporter, seglo/kafka-lag-exporter (klag-exporter has its names),
redpanda-data/kminion.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

COMMITTED, END, AT = "committed", "end", "at"
OLDEST, NEWEST, TWICE = "oldest", "newest", "twice"
"""Parts of an answer, in its label `part`. AT: when the positions were read. OLDEST, NEWEST: when
they were scraped. TWICE: groups and topics of which some series is there more than once."""

_SCRAPED = ("job", "instance")


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """Names of one exporter.

    committed: metric of committed offsets; of the lag, where it is_lag, to the end offset. end:
    metric of end offsets. labels: those of group, topic and partition. proof: metric with the
    label cluster_id; "" where nothing tells the cluster. apart: label that tells the clusters of
    one exporter from each other. at: metric of when it read the offsets; "" where it reads them
    for the scrape. least_age_seconds: youngest age that is of use, where it reads them in the
    background, and the scrape may come half a minute later.
    """

    name: str
    committed: str
    end: str
    labels: tuple[str, str, str]
    proof: str = ""
    apart: tuple[str, ...] = ()
    at: str = ""
    is_lag: bool = False
    least_age_seconds: float = 0.0

    @property
    def origin(self) -> tuple[str, ...]:
        """Labels of what is scraped."""
        return (*_SCRAPED, *self.apart)


DIALECTS = (
    Dialect(
        name="kdiag",
        committed="kdiag_consumergroup_committed_offset",
        end="kdiag_topic_partition_log_end_offset",
        labels=("consumergroup", "topic", "partition"),
        proof="kdiag_cluster_info",
        apart=("kafka_cluster",),
        at="kdiag_snapshot_timestamp_seconds",
    ),
    Dialect(
        name="kminion",
        committed="kminion_kafka_consumer_group_topic_partition_lag",
        end="kminion_kafka_topic_partition_high_water_mark",
        labels=("group_id", "topic_name", "partition_id"),
        proof="kminion_kafka_cluster_info",
        is_lag=True,
    ),
    Dialect(
        name="kafka_exporter",
        committed="kafka_consumergroup_current_offset",
        end="kafka_topic_partition_current_offset",
        labels=("consumergroup", "topic", "partition"),
    ),
    Dialect(
        name="kafka-lag-exporter",
        committed="kafka_consumergroup_group_offset",
        end="kafka_partition_latest_offset",
        labels=("group", "topic", "partition"),
        least_age_seconds=300.0,
    ),
)
"""In the order in which they are believed: those first that tell of which cluster they are."""


@dataclass(frozen=True)
class Wanted:
    """Whose positions are asked for. selector: of the series that may be of this cluster."""

    cluster_id: str
    selector: str
    groups: tuple[str, ...]
    topics: tuple[str, ...]

    def of(self, groups: tuple[str, ...]) -> "Wanted":
        """Return the same of other groups."""
        return replace(self, groups=groups)


def holders(wanted: Wanted) -> str:
    """Return the query for groups by dialect, whose name is in the label `part`."""
    return " or ".join(
        _part(dialect.name, f"count by ({dialect.labels[0]}) ({_committed(dialect, wanted)})")
        for dialect in DIALECTS
    )


def positions(dialect: Dialect, wanted: Wanted) -> str:
    """Return the query for all parts of where groups and the ends of topics stand."""
    group, topic, partition = dialect.labels
    committed = f"{_series(dialect.committed, wanted, _groups(dialect, wanted))} >= 0"
    end = _series(dialect.end, wanted, _topics(dialect, wanted))
    parts = [
        (COMMITTED, _by((*dialect.origin, group, topic, partition), committed, "max")),
        (END, _by((*dialect.origin, topic, partition), end, "max")),
    ]
    if dialect.at:
        parts.append((AT, _by(dialect.origin, _series(dialect.at, wanted), "max")))
    else:
        scraped = f"timestamp({_series(dialect.committed, wanted, _groups(dialect, wanted))})"
        parts += [(OLDEST, _by(dialect.origin, scraped, "min"))]
        parts += [(NEWEST, _by(dialect.origin, scraped, "max"))]
    proven = [_part(name, f"({text}){_proof(dialect, wanted)}") for name, text in parts]
    return " or ".join((*proven, *_twice(dialect, wanted)))


def label_matches(name: str, values: Iterable[str]) -> str:
    """Return the matcher of a label that has one of some values."""
    return f"{name}=~{quoted('|'.join(map(re.escape, values)))}"


def quoted(text: str) -> str:
    """Return a string of PromQL, whose escapes are those of Go."""
    return json.dumps(text, ensure_ascii=False)


def with_proof(text: str, origin: Iterable[str], info: str, cluster_id: str, selector: str) -> str:
    """Return a query of which only series are left that some info metric proves."""
    on = ", ".join(origin)
    matchers = _matchers(f"cluster_id={quoted(cluster_id)}", selector)
    return f"{text} * on ({on}) group_left () max by ({on}) ({info}{matchers})"


def series(metric: str, *matchers: str) -> str:
    """Return a selector; matchers that are empty are left out."""
    return f"{metric}{_matchers(*matchers)}"


def _matchers(*matchers: str) -> str:
    return f"{{{','.join(each for each in matchers if each)}}}"


def _series(metric: str, wanted: Wanted, *matchers: str) -> str:
    return series(metric, *matchers, wanted.selector)


def _groups(dialect: Dialect, wanted: Wanted) -> str:
    group = label_matches(dialect.labels[0], wanted.groups)
    return f"{group},{_topics(dialect, wanted)}"


def _topics(dialect: Dialect, wanted: Wanted) -> str:
    return label_matches(dialect.labels[1], wanted.topics)


def _committed(dialect: Dialect, wanted: Wanted) -> str:
    """Return the query for the series of committed offsets that are there."""
    found = _series(dialect.committed, wanted, _groups(dialect, wanted))
    group, topic, partition = dialect.labels
    each = _by((*dialect.origin, group, topic, partition), f"{found} >= 0", "max")
    return f"({each}){_proof(dialect, wanted)}"


def _by(labels: Iterable[str], text: str, how: str) -> str:
    return f"{how} by ({', '.join(labels)}) ({text})"


def _part(name: str, text: str) -> str:
    return f'label_replace({text}, "part", "{name}", "", "")'


def _proof(dialect: Dialect, wanted: Wanted) -> str:
    if not dialect.proof:
        return ""
    return with_proof("", dialect.origin, dialect.proof, wanted.cluster_id, wanted.selector)


def _twice(dialect: Dialect, wanted: Wanted) -> Iterable[str]:
    """Yield the queries for groups and topics that may be of two clusters."""
    if dialect.proof:
        return
    group, topic, partition = dialect.labels
    committed = _series(dialect.committed, wanted, _groups(dialect, wanted))
    end = _series(dialect.end, wanted, _topics(dialect, wanted))
    for found, key, of in (
        (committed, (group, topic, partition), group),
        (end, (topic, partition), topic),
    ):
        several = f"{_by(key, found, 'count')} > 1"
        yield _part(TWICE, _by((of,), several, "count"))
