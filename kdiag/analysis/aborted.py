"""Partitions on which every transaction was aborted: their offsets go by, and nothing can be read.

A coordinator names the partitions of a transaction when it prepares to end it (PrepareCommit,
PrepareAbort in `__transaction_state`).
"""

from kdiag.check import derive
from kdiag.sections import TransactionHistory
from kdiag.snapshot import Table

_ENDS = {"PrepareCommit": False, "PrepareAbort": True}


class AbortedWrites(Table):
    """One row a partition whose latest transactions were aborted.

    seconds: ago, at least, that one was committed; 0 where that is not known.
    """

    noun = "partitions with aborted transactions"
    needs_rows = False
    columns = {"topic": "str", "partition": "int", "seconds": "float"}


@derive()
def aborted_writes(history: TransactionHistory) -> AbortedWrites:
    """Find the last commit on each partition, and whether anything was aborted since."""
    rows = history.rows[history.rows["state"].isin(_ENDS) & history.rows["partitions"].notna()]
    rows = rows.sort_values("written_at").explode("partitions")
    reach = 0.0 if history.errors else history.seconds
    found = []
    for (topic, partition), ends in rows.groupby("partitions", sort=False):
        if ends["state"].iloc[-1] == "PrepareCommit":
            continue
        commits = ends[ends["state"] == "PrepareCommit"]["written_at"]
        age = (history.read_at - commits.iloc[-1]).total_seconds() if len(commits) else reach
        found.append({"topic": topic, "partition": partition, "seconds": age})
    return AbortedWrites.from_rows(found)
