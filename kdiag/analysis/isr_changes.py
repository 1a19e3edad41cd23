"""Which brokers left and joined ISRs between two samples."""

from typing import Any

from kdiag.check import Earlier, derive
from kdiag.sections import Partitions
from kdiag.snapshot import Missing, Table

_KEY = ["topic", "partition"]


class IsrChanges(Table):
    """One row a broker that was in another set of ISRs before.

    left, joined: tuples of (topic, partition). Partitions whose replicas changed are left out: a
    reassignment moves ISRs, too.
    """

    noun = "brokers with changed ISRs"
    needs_rows = False
    columns = {"broker": "int", "left": "object", "joined": "object"}

    def is_catching_up(self, id_: int) -> bool:
        """Tell whether a broker joined ISRs and left none."""
        rows = self.rows[self.rows["broker"] == id_]
        return any(row.joined and not row.left for row in rows.itertuples())


@derive()
def isr_changes(partitions: Partitions, before: Earlier[Partitions] | None) -> IsrChanges | Missing:
    """Compare the ISR of each partition with that in the sample before."""
    if before is None:
        return Missing("only one sample was taken", "--sample-seconds")
    left: dict[int, list[tuple[str, int]]] = {}
    joined: dict[int, list[tuple[str, int]]] = {}
    for row in _changed(partitions, before).itertuples():
        log = (row.topic, int(row.partition))
        for id_ in set(row.isr_before) - set(row.isr):
            left.setdefault(int(id_), []).append(log)
        for id_ in set(row.isr) - set(row.isr_before):
            joined.setdefault(int(id_), []).append(log)
    return IsrChanges.from_rows(
        [
            {
                "broker": id_,
                "left": tuple(left.get(id_, ())),
                "joined": tuple(joined.get(id_, ())),
            }
            for id_ in sorted({*left, *joined})
        ]
    )


def _changed(partitions: Partitions, before: Partitions) -> Any:
    columns = [*_KEY, "replicas", "isr"]
    rows = partitions.rows[columns].merge(before.rows[columns], on=_KEY, suffixes=("", "_before"))
    is_same, is_other = (
        rows["replicas"] == rows["replicas_before"],
        rows["isr"] != rows["isr_before"],
    )
    return rows[is_same & is_other]
