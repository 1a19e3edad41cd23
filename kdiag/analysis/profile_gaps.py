"""Where topics differ from what a profile expects of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kdiag.analysis.durability import config_by_topic
from kdiag.analysis.expectations import TopicExpectations
from kdiag.analysis.retention import TieredTopics
from kdiag.analysis.values import known
from kdiag.check import derive
from kdiag.sections import Commits, RecordSamples, TopicConfigs, Topics
from kdiag.snapshot import Missing, Table

_NO_CODEC = ("none", "uncompressed")
_SETTINGS = {
    "min_insync_replicas": "min.insync.replicas",
    "compression": "compression.type",
    "hot_retention_seconds": "retention.ms",
    "cold_retention_seconds": "retention.ms",
}


class ProfileGaps(Table):
    """One row a topic and what it does not meet.

    what, wanted, source: as in Expectations. found: what there is instead, as text. A row without a
    topic is of a rule that no topic fits; pattern: of that rule.
    """

    noun = "topics under a profile"
    needs_rows = False
    columns = {
        "topic": "str",
        "what": "str",
        "wanted": "str",
        "found": "str",
        "names": "object",
        "pattern": "str",
        "source": "str",
    }


@dataclass(frozen=True)
class _Facts:
    """What is known of topics: setting → topic → value; codecs of sampled records; sinks.

    local_ms: of tiered topics, how long records stay with the brokers; None is retention.ms.
    """

    topics: dict[str, Any]
    settings: dict[str, dict[str, Any]]
    codecs: dict[str, str]
    local_ms: dict[str, int | None]
    sinks: set[str]


@derive(configs=("min.insync.replicas", "compression.type", "cleanup.policy", "retention.ms"))
def profile_gaps(
    expected: TopicExpectations,
    topics: Topics,
    configs: TopicConfigs,
    tiered: TieredTopics | None,
    commits: Commits | None,
    samples: RecordSamples | None,
) -> ProfileGaps:
    """Compare each topic with what is expected; what cannot be told is under the errors."""
    facts = _Facts(
        {row.topic: row for row in topics.rows.itertuples()},
        {
            key: config_by_topic(configs, key)
            for key in ("cleanup.policy", *dict.fromkeys(_SETTINGS.values()))
        },
        _codecs(samples),
        {} if tiered is None else _local_ms(tiered),
        _sinks(expected, commits),
    )
    rows, errors = [], {}
    for row in expected.rows.itertuples():
        found = "no such topic" if row.topic is None else _found(row, facts)
        if isinstance(found, Missing):
            errors[f"{row.what.replace('_', ' ')} of topic {row.topic}"] = found
        elif found is not None:
            rows.append({**row._asdict(), "found": found})
    kept = [{name: row.get(name) for name in ProfileGaps.columns} for row in rows]
    return ProfileGaps.from_rows(kept, errors=errors)


def _found(row: Any, facts: _Facts) -> str | Missing | None:
    """Return what there is instead; None where the expectation is met."""
    judge = _JUDGES.get(row.what)
    if judge is None:
        return None
    key = _SETTINGS.get(row.what)
    if key is not None and row.topic not in facts.settings[key]:
        return Missing(f"{key} was not read", f"DescribeConfigs on Topic {row.topic}")
    return judge(row, facts)


def _partitions(row: Any, facts: _Facts) -> str | None:
    return _at_least(row, int(facts.topics[row.topic].partition_count))


def _copies(row: Any, facts: _Facts) -> str | None:
    return _at_least(row, int(facts.topics[row.topic].replication_factor_min))


def _min_isr(row: Any, facts: _Facts) -> str | None:
    return _at_least(row, int(facts.settings["min.insync.replicas"][row.topic]))


def _at_least(row: Any, found: int) -> str | None:
    return None if found >= int(row.wanted) else str(found)


def _compression(row: Any, facts: _Facts) -> str | Missing | None:
    """Compare the codec of the topic; `producer` leaves it to who writes."""
    codec = facts.settings["compression.type"][row.topic]
    if codec == "producer":
        codec = facts.codecs.get(row.topic)
    if codec is None:
        return Missing(
            "compression.type is producer, and no record was looked at", "--sample-records"
        )
    is_met = codec not in _NO_CODEC if row.wanted == "any" else codec == row.wanted
    return None if is_met else codec


def _hot(row: Any, facts: _Facts) -> str | None:
    """Compare what the brokers' own storage keeps; one that is only compacted keeps all keys."""
    held = int(facts.settings["retention.ms"][row.topic])
    local = facts.local_ms.get(row.topic)
    if local is not None:
        held = local
    elif facts.settings["cleanup.policy"].get(row.topic) == "compact":
        return None
    return _at_least_seconds(row, held)


def _cold(row: Any, facts: _Facts) -> str | None:
    """See that tiered storage keeps it for so long, or that a sink reads it."""
    if row.topic in facts.sinks:
        return None
    if row.topic not in facts.local_ms:
        return "no tiered storage and no sink that reads it"
    return _at_least_seconds(row, int(facts.settings["retention.ms"][row.topic]))


def _at_least_seconds(row: Any, held_ms: int) -> str | None:
    if held_ms == -1 or held_ms / 1000 >= float(row.wanted):
        return None
    return f"{held_ms / 1000:.15g}"


def _dead_letter(row: Any, facts: _Facts) -> str | None:
    return None if set(row.names) & set(facts.topics) else "none of them exists"


_JUDGES: dict[str, Callable[[Any, _Facts], str | Missing | None]] = {
    "partitions": _partitions,
    "replication_factor": _copies,
    "min_insync_replicas": _min_isr,
    "compression": _compression,
    "hot_retention_seconds": _hot,
    "cold_retention_seconds": _cold,
    "dead_letter": _dead_letter,
}


def _codecs(samples: RecordSamples | None) -> dict[str, str]:
    """Return topic → codec of its newest record that was looked at."""
    if samples is None:
        return {}
    rows = samples.rows[samples.rows["asked_for"] == "newest"].sort_values("timestamp")
    return dict(zip(rows["topic"], rows["codec"], strict=True))


def _local_ms(tiered: TieredTopics) -> dict[str, int | None]:
    return {row.topic: known(row.local_retention_ms) for row in tiered.rows.itertuples()}


def _sinks(expected: TopicExpectations, commits: Commits | None) -> set[str]:
    """Return the topics that a group reads which keeps their records."""
    if commits is None:
        return set()
    rows = expected.rows[expected.rows["what"] == "cold_sink"]
    readers = set(zip(commits.rows["group"], commits.rows["topic"], strict=True))
    pairs = zip(rows["group"], rows["topic"], strict=True)
    return {topic for group, topic in pairs if (group, topic) in readers}
