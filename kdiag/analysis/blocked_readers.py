"""Which groups wait at an open transaction."""

from typing import Any

from kdiag.analysis.open_transactions import OpenTransactions
from kdiag.check import Earlier, derive
from kdiag.sections import Commits, Groups
from kdiag.snapshot import Table

_KEY = ["topic", "partition"]


class BlockedReaders(Table):
    """One row a group and partition: it has members, and stands at a held last stable offset.

    Or right before it: the marker of the transaction before takes an offset, and a client that
    commits record + 1 never commits that one. Readers of uncommitted records are not held back and
    commit beyond. A group that skips aborted records without committing their offsets is not seen.
    """

    noun = "groups at an open transaction"
    needs_rows = False
    columns = {
        "group": "str",
        "topic": "str",
        "partition": "int",
        "committed_offset": "int",
    }


@derive()
def blocked_readers(
    open_transactions: OpenTransactions,
    commits: Commits,
    groups: Groups,
    commits_before: Earlier[Commits] | None,
) -> BlockedReaders:
    """Find the committed offsets that stand where the last stable offset stands."""
    if not len(open_transactions) or commits_before is None:
        return BlockedReaders.of()
    columns = list(BlockedReaders.columns)
    held = open_transactions.rows[[*_KEY, "last_stable_offset"]]
    rows = commits.rows[columns].merge(held, on=_KEY)
    behind = rows["last_stable_offset"] - rows["committed_offset"]
    rows = rows[behind.isin([0, 1]).fillna(False) & rows["group"].isin(_alive(groups))]
    stood = rows[columns].merge(commits_before.rows[columns], on=columns)
    return BlockedReaders(rows=stood)


def _alive(groups: Groups) -> Any:
    return groups.rows.loc[~groups.rows["state"].isin(["Empty", "Dead"]), "group"]
