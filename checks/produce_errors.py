"""Brokers that refuse writes, and why.

Every error code has its own cause, so they are told apart. Codes from which producers recover by
themselves (a leader that moved) are usual in small numbers, and wherever leaders moved between the
samples. Where all refused writes lack in-sync replicas, under-min-isr is the root; where all
arrived damaged, corrupt-records is.

Reads: JMX (RequestMetrics ErrorsPerSec, FailedProduceRequestsPerSec by topic) in two samples;
Metadata (leaders), DescribeConfigs (min.insync.replicas).
"""

from typing import Any

from kdiag.api import (
    NO_REPLICAS,
    OTHER_CODE,
    PRODUCE_CODES,
    Action,
    Durability,
    FactDeltas,
    Finding,
    ProduceErrors,
    RuleBreaks,
    Said,
    Subject,
    check,
    listed,
    partition,
    span,
    subject_of,
    topic,
    topics_with_failed_writes,
)

_DAMAGED = "CORRUPT_MESSAGE"


@check(
    area="topics",
    facts=("produce-failed",),
    explained_by=(
        "under-min-isr",
        "oversized-messages",
        "compaction-without-keys",
        "corrupt-records",
    ),
)
def produce_errors(
    errors: ProduceErrors,
    deltas: FactDeltas,
    durability: Durability | None,
    breaks: RuleBreaks | None,
    *,
    passing_ratio: float = 0.1,
) -> Said:
    """Brokers that refuse writes, by error code.

    passing_ratio: part of the answers that may have a code from which producers recover by
        themselves, as NOT_LEADER_OR_FOLLOWER.
    """
    rows = errors.rows
    told = ~rows["is_passing"] | ((rows["ratio"] > passing_ratio) & ~rows["is_moving"])
    for target, part in rows[told].groupby("target"):
        codes = part.sort_values("number", ascending=False)
        topics = topics_with_failed_writes(deltas, (target,))
        broken = [] if breaks is None else breaks.topics(target, codes["error"])
        behind = _short_partitions(durability, target, codes) or frozenset(map(topic, broken))
        if set(codes["error"]) == {_DAMAGED}:
            behind = frozenset([subject_of(target)])
        yield _finding(target, codes, topics, behind)


def _short_partitions(durability: Durability | None, target: str, codes: Any) -> frozenset[Subject]:
    """Return the partitions that lack replicas, where that is all that the broker complains of."""
    if durability is None or not set(codes["error"]) <= NO_REPLICAS:
        return frozenset()
    rows = durability.rows[durability.rows["spare"] < 0]
    rows = rows[rows["leader"] == subject_of(target)["id"]]
    pairs = zip(rows["topic"], rows["partition"], strict=True)
    return frozenset(partition(name, int(number)) for name, number in pairs)


def _finding(target: str, codes: Any, topics: list[str], behind: frozenset[Subject]) -> Finding:
    counts = dict(zip(codes["error"], codes["number"].astype(int), strict=True))
    what = listed(f"{number:,} {name}" for name, number in counts.items())
    known = [(name, PRODUCE_CODES.get(name, OTHER_CODE)) for name in list(counts)[:2]]
    why = dict.fromkeys(code.why for _, code in known if code.why)
    suspects = f" Writes to {listed(topics)} failed meanwhile." if topics else ""
    return Finding(
        "warning",
        subject_of(target),
        f"{target.capitalize()} refused writes within {span(codes['seconds'].max())}: {what}.",
        "Records are delayed while producers try again, or lost where they do not.",
        cause=f"{' '.join(why)}{suspects}",
        evidence={
            "errors": counts,
            "error_ratio": round(float(codes["ratio"].sum()), 4),
            **({"topics": topics} if topics else {}),
        },
        actions=tuple(dict.fromkeys(Action(f"{name}: {code.fix}") for name, code in known)),
        because_of=behind,
    )
