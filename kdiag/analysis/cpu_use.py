"""For how long processes computed between two samples."""

from kdiag.analysis.facts import FactDeltas, rows_of
from kdiag.check import derive
from kdiag.snapshot import Table


class CpuUse(Table):
    """One row a process: seconds of processor time, of all its threads together."""

    noun = "processes"
    needs_rows = False
    columns = {"target": "str", "seconds": "float"}


@derive(facts=("cpu-time",))
def cpu_use(deltas: FactDeltas) -> CpuUse:
    """Read how much the processor time of each process grew."""
    rows = rows_of(deltas, "cpu-time")
    return CpuUse.of({"target": rows["target"].tolist(), "seconds": rows["delta"].tolist()})
