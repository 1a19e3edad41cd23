"""Which broker that is down must come back first, so that partitions are led without a loss."""

from collections import Counter
from typing import Any

from kdiag.analysis.down_brokers import DownBrokers
from kdiag.check import derive
from kdiag.sections import Partitions
from kdiag.snapshot import Missing, Table


class EligibleLeaders(Table):
    """One row a partition without a leader that a broker which is down may lead.

    broker: the one to start first; where several would do, the one that most partitions wait for.
    known_by: isr (the last in-sync replicas), elr (eligible leader replicas: they have all that was
    acknowledged) or last-known (the last leader; after an unclean stop it may lack records).
    eligible: tuple of all that would do.
    """

    noun = "partitions that wait for a broker"
    needs_rows = False
    columns = {
        "topic": "str",
        "partition": "int",
        "broker": "int",
        "known_by": "str",
        "eligible": "object",
    }


@derive()
def eligible_leaders(partitions: Partitions, down: DownBrokers) -> EligibleLeaders:
    """Find for each partition without a leader whom it waits for.

    Source: KIP-966. A partition of which nobody told who may lead is under `errors`.
    """
    gone = set(down.rows["broker"])
    waiting: list[tuple[str, int, str, tuple[int, ...]]] = []
    errors: dict[str, Missing] = {}
    for row in partitions.rows[partitions.rows["leader"].isna()].itertuples():
        if not row.isr and row.elr is None:
            errors[f"partition {row.topic}-{row.partition}"] = Missing(
                "who may lead it was not told", "Kafka 3.8 or newer"
            )
        known_by, eligible = _eligible(row)
        if eligible and gone.issuperset(eligible):
            waiting.append((row.topic, int(row.partition), known_by, eligible))
    asked = Counter(id_ for *_, eligible in waiting for id_ in eligible)
    return EligibleLeaders.from_rows(
        [
            {
                "topic": topic,
                "partition": number,
                "broker": max(eligible, key=lambda id_: (asked[id_], -id_)),
                "known_by": known_by,
                "eligible": eligible,
            }
            for topic, number, known_by, eligible in waiting
        ],
        errors=errors,
    )


def _eligible(row: Any) -> tuple[str, tuple[int, ...]]:
    """Return who may lead a partition, the surest source first."""
    for known_by, ids in (("isr", row.isr), ("elr", row.elr), ("last-known", row.last_known_elr)):
        if ids:
            return known_by, tuple(ids)
    return "", ()
