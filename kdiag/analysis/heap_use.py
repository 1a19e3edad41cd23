"""What stays in the heap after collections."""

from kdiag.analysis.facts import rows_of, value_by_target
from kdiag.check import derive
from kdiag.sections import Facts
from kdiag.snapshot import Table

_OLD = r"Old Gen|Tenured|tenured"


class HeapUse(Table):
    """One row a process whose heap was collected and has a limit.

    after_gc_bytes: in use after the last collection of each of its pools.
    """

    noun = "heaps"
    needs_rows = False
    columns = {"target": "str", "after_gc_bytes": "int", "max_bytes": "int"}


@derive(facts=("heap-after-gc", "heap-max"))
def heap_use(facts: Facts) -> HeapUse:
    """Add up the pools of each heap.

    The JVM says 0 of a pool that no collection has looked at, and -1 of a limit that it does not
    know; where that is so of old objects, the sum says nothing.
    """
    rows = rows_of(facts, "heap-after-gc")
    is_old = rows["name"].str.contains(_OLD, regex=True)
    unknown = set(rows.loc[is_old & (rows["value"] <= 0), "target"])
    used = rows[~rows["target"].isin(unknown)].groupby("target")["value"].sum()
    most = value_by_target(facts, "heap-max")
    return HeapUse.from_rows(
        [
            {"target": target, "after_gc_bytes": int(held), "max_bytes": int(most[target])}
            for target, held in used.items()
            if held > 0 and most.get(target, -1.0) > 0
        ]
    )
