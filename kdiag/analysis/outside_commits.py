"""Committed offsets that lie outside of their log, in both samples."""

from typing import Any

from kdiag.analysis.commit_timeline import CommitTrends
from kdiag.check import Earlier, derive
from kdiag.sections import CommitHistory, Commits, Offsets, Partitions, Topics
from kdiag.snapshot import Missing, Table

_KEY = ["topic", "partition"]
_ID = ["group", *_KEY]
_LOG = ["log_start_offset", "end_offset"]


class OutsideCommits(Table):
    """One row a group and partition whose committed offset is not in the log.

    side: below (the log start has passed it) or beyond (the end is before it), in both samples: an
    offset that was committed within a sample's own time is left out, and one that moves with the
    log start belongs to a reader that commits late. records: how many offsets it lies outside.
    origin: recreated (the offset was committed for a topic of another id, or in a later leader
    epoch than the partition has), truncated (in an earlier leader epoch; the log got shorter
    since), or None. stands_since: when it was committed first, <NA> without the history.
    """

    noun = "committed offsets outside of the log"
    needs_rows = False
    columns = {
        "group": "str",
        "topic": "str",
        "partition": "int",
        "side": "str",
        "committed_offset": "int",
        "log_start_offset": "int",
        "end_offset": "int",
        "records": "int",
        "origin": "str",
        "stands_since": "time",
    }


@derive()
def outside_commits(
    commits: Commits,
    offsets: Offsets,
    partitions: Partitions,
    commits_before: Earlier[Commits] | None,
    offsets_before: Earlier[Offsets] | None,
    history: CommitHistory | None,
    topics: Topics | None,
    trends: CommitTrends | None,
) -> OutsideCommits | Missing:
    """Compare the committed offsets of both samples with the logs of both."""
    rows = _outside(commits, offsets)
    if rows.empty:
        return OutsideCommits.of()
    if commits_before is None or offsets_before is None:
        return Missing("only one sample was taken", "--sample-seconds")
    before = _outside(commits_before, offsets_before)[[*_ID, "side", *_LOG]]
    rows = rows.merge(before, on=[*_ID, "side"], suffixes=("", "_before"))
    passed = rows["committed_offset"] < rows["log_start_offset_before"]
    rows = rows[(rows["side"] == "beyond") | passed]
    rows = rows.merge(partitions.rows[[*_KEY, "leader_epoch"]], "left", _KEY, suffixes=("", "_now"))
    known = (trends or CommitTrends.of()).rows[[*_ID, "last_offset", "stands_since"]]
    rows = rows.merge(known, "left", _ID)
    is_last = (rows["last_offset"] == rows["committed_offset"]).fillna(False).astype("bool")
    rows["stands_since"] = rows["stands_since"].where(is_last)
    rows["origin"] = _origins(rows, _recreated(set(rows["group"]), history, topics))
    return OutsideCommits(rows=rows[list(OutsideCommits.columns)].reset_index(drop=True))


def _outside(commits: Commits, offsets: Offsets) -> Any:
    """Return the committed offsets that are not between the log start and the end."""
    rows = commits.rows[[*_ID, "committed_offset", "leader_epoch"]].dropna(
        subset=["committed_offset"]
    )
    rows = rows.merge(offsets.rows[[*_KEY, *_LOG]].dropna(), on=_KEY)
    below = rows["log_start_offset"] - rows["committed_offset"]
    beyond = rows["committed_offset"] - rows["end_offset"]
    rows["side"] = (beyond > 0).map({True: "beyond", False: "below"}).astype(object)
    rows["records"] = below.where(below > beyond, beyond)
    return rows[rows["records"] > 0]


def _recreated(
    groups: set[str], history: CommitHistory | None, topics: Topics | None
) -> set[tuple[str, str]]:
    """Return (group, topic) some commit of which names the id of an earlier topic of that name.

    A client that does not know topic ids goes on with its old offset under the new one.
    """
    if history is None or topics is None:
        return set()
    named = history.rows[history.rows["group"].isin(groups)]
    named = named[named["topic_id"].notna()]
    now = named["topic"].map(topics.rows.set_index("topic")["topic_id"])
    other = named[now.notna() & (now != named["topic_id"])]
    return set(zip(other["group"], other["topic"], strict=True))


def _origins(rows: Any, recreated: set[tuple[str, str]]) -> list[str | None]:
    columns = (rows["group"], rows["topic"], rows["side"])
    epochs = (rows["leader_epoch"].astype("float64"), rows["leader_epoch_now"].astype("float64"))
    return [
        "recreated" if (group, topic) in recreated else _by_epoch(side, then, now)
        for group, topic, side, then, now in zip(*columns, *epochs, strict=True)
    ]


def _by_epoch(side: str, then: float, now: float) -> str | None:
    """Tell from the leader epoch that a client committed with its offset (KIP-320)."""
    if side == "below" or then == now or then != then or now != now:
        return None
    return "recreated" if then > now else "truncated"
