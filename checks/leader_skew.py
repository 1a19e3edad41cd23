"""Brokers that are the preferred leader of far more partitions than their share.

Clients write to leaders, and read from them where they have no replica near (KIP-392). The first
replica of an assignment is the preferred leader; Kafka deals it out in turn, but assignments that
were written by hand, or made when few brokers were there, put it on the same brokers again and
again. An election of preferred leaders does not help then: it brings this about.

A broker's share is what it would lead if the leader of each partition were any of its replicas with
equal chance. So a broker that holds few replicas has a small share, and one that is new none.

Reads: Metadata (replicas of the partitions).
"""

from typing import Any

from kdiag.api import Action, Finding, NotApplicable, Partitions, Said, broker, check, listed

_TOP_TOPICS = 3


@check(area="replication")
def leader_skew(
    partitions: Partitions, *, fair_times_ratio: float = 1.5, excess_partitions: int = 20
) -> Said:
    """Brokers that should lead more than 1.5 times their share of the partitions.

    fair_times_ratio: how many times its share a broker may be preferred.
    excess_partitions: so many beyond its share are not worth a word.
    """
    preferred, share = _counts(partitions)
    if len(share) < 2:
        yield NotApplicable("all replicas are on one broker")
        return
    for id_ in sorted(preferred):
        number, fair = preferred[id_], share[id_]
        if number > fair_times_ratio * fair and number - fair > excess_partitions:
            yield _finding(id_, number, fair, partitions)


def _counts(partitions: Partitions) -> tuple[dict[int, int], dict[int, float]]:
    """Return broker → partitions whose first replica it is, and broker → its share."""
    preferred: dict[int, int] = {}
    share: dict[int, float] = {}
    for replicas, number in partitions.rows["replicas"].value_counts().items():
        for id_ in replicas:
            share[id_] = share.get(id_, 0.0) + number / len(replicas)
        if replicas:
            preferred[replicas[0]] = preferred.get(replicas[0], 0) + int(number)
    return preferred, share


def _finding(id_: int, number: int, fair: float, partitions: Partitions) -> Finding:
    top = _topics(id_, partitions)
    return Finding(
        "info",
        broker(id_),
        f"Broker {id_} is the preferred leader of {number:,} of {len(partitions):,} partitions; "
        f"its share would be {round(fair):,}.",
        "It serves their writes, and most of their reads, while brokers with copies idle; its loss "
        "moves all of them at once.",
        cause="It stands first in most assignments, above all of "
        f"{listed(f'{name} ({count:,})' for name, count in top)}.",
        due="the load grows",
        evidence={
            "preferred_partitions": number,
            "fair_partitions": round(fair),
            "top_topics": [{"topic": name, "partitions": count} for name, count in top],
        },
        actions=(
            Action(
                "See the assignments of the topic that adds most.",
                "kafka-topics.sh --bootstrap-server {bootstrap} --describe --topic {topic}",
                values={"topic": top[0][0]},
            ),
            Action(
                "Write a reassignment that lists the same brokers in another order: no data moves.",
                "kafka-reassign-partitions.sh --bootstrap-server {bootstrap} --execute "
                "--reassignment-json-file {file}",
                "safe",
                {"file": "order.json"},
            ),
            Action(
                "Then let the preferred replicas lead.",
                "kafka-leader-election.sh --bootstrap-server {bootstrap} "
                "--election-type preferred --all-topic-partitions",
                "safe",
            ),
        ),
    )


def _topics(id_: int, partitions: Partitions) -> list[tuple[str, int]]:
    """Return the topics with most partitions that a broker should lead."""
    rows = partitions.rows
    first = [replicas[:1] == (id_,) for replicas in rows["replicas"]]
    sums: Any = rows.loc[first, "topic"].value_counts()
    names = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    return [(str(name), int(number)) for name, number in names[:_TOP_TOPICS]]
