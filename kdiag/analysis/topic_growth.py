"""How much a counter of BrokerTopicMetrics grew, by topic where the brokers tell it.

The row without a topic is the total of the broker, so it only counts where no topic is named.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from kdiag.analysis.facts import FactDeltas, rows_of, subject_of
from kdiag.finding import Subject, topic


@dataclass(frozen=True, slots=True)
class Growth:
    """How much a counter grew between the samples: of a topic, over all brokers, or of a broker.

    targets: the brokers that counted. topic_name: None where only the broker is known.
    """

    subject: Subject
    topic_name: str | None
    number: float
    per_second: float
    seconds: float
    targets: tuple[str, ...]

    @property
    def name(self) -> str:
        """The topic, or the broker, as a sentence names it."""
        return f"topic {self.topic_name}" if self.topic_name else self.targets[0]


def growths(deltas: FactDeltas, fact: str) -> Iterator[Growth]:
    """Yield what grew: topics first, then brokers that name no topic."""
    rows = rows_of(deltas, fact)
    rows = rows[rows["delta"] > 0]
    named = rows[rows["topic"].notna()]
    for name, part in named.groupby("topic"):
        number, rate = float(part["delta"].sum()), float(part["per_second"].sum())
        targets = tuple(sorted(set(part["target"])))
        yield Growth(topic(name), name, number, rate, float(part["seconds"].max()), targets)
    for row in rows[rows["topic"].isna() & ~rows["target"].isin(named["target"])].itertuples():
        number, rate = float(row.delta), float(row.per_second)
        yield Growth(subject_of(row.target), None, number, rate, row.seconds, (row.target,))


def topics_with_failed_writes(deltas: FactDeltas, targets: tuple[str, ...]) -> list[str]:
    """Return the topics of which these brokers refused writes that they did not expect to.

    Brokers count records that break a rule of their topic so, and not those with a bad checksum.
    Source: ReplicaManager.appendRecordsToLeader (processFailedRecord) of the broker.
    """
    grown = growths(deltas, "produce-failed")
    return [each.topic_name for each in grown if each.topic_name and {*each.targets} & {*targets}]
