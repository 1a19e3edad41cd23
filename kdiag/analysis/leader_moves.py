"""How often leaders changed between two samples: of partitions, and of the KRaft quorum."""

from dataclasses import dataclass
from typing import Any, ClassVar

from kdiag.check import Earlier, derive
from kdiag.finding import NotApplicable
from kdiag.sections import Cluster, Partitions, Quorum, Topics
from kdiag.snapshot import Missing, Section, Table

_KEY = ["topic", "partition"]
_SKIPS_BUMPS_LEVEL = 12  # MetadataVersion 3.6-IV0: isSkipLeaderEpochBumpSupported
_ONE_SAMPLE = Missing("only one sample was taken", "--sample-seconds")


class LeaderMoves(Table):
    """One row a partition whose leader epoch is higher than in the sample before.

    moves: how many times a leader was named in between. leader_before, leader: <NA> without one.
    seconds: between the samples. Topics that were made anew are left out.
    """

    noun = "partitions with new leaders"
    needs_rows = False
    columns = {
        "topic": "str",
        "partition": "int",
        "moves": "int",
        "leader_before": "int",
        "leader": "int",
        "seconds": "float",
    }


@derive()
def leader_moves(
    partitions: Partitions,
    before: Earlier[Partitions] | None,
    cluster: Cluster,
    topics: Topics | None,
    topics_before: Earlier[Topics] | None,
) -> LeaderMoves | Missing | NotApplicable:
    """Compare the leader epochs of both samples.

    Before metadata.version 3.6 an ISR that shrinks raises the epoch, too, so it tells no move.
    """
    if _counts_isr_changes(cluster):
        return NotApplicable(
            "before metadata.version 3.6 leader epochs also advance when an ISR changes"
        )
    if before is None or before.read_at == partitions.read_at:
        return _ONE_SAMPLE
    columns = [*_KEY, "leader", "leader_epoch"]
    rows = partitions.rows[columns].merge(before.rows[columns], on=_KEY, suffixes=("", "_before"))
    rows["moves"] = rows["leader_epoch"] - rows["leader_epoch_before"]
    rows = rows[
        (rows["moves"] > 0).fillna(False) & ~rows["topic"].isin(_anew(topics, topics_before))
    ]
    seconds = (partitions.read_at - before.read_at).total_seconds()
    return LeaderMoves(rows=rows.assign(seconds=seconds)[list(LeaderMoves.columns)])


def _counts_isr_changes(cluster: Cluster) -> bool:
    level = cluster.features.get("metadata.version", (0, 0, None))[2]
    return cluster.mode == "kraft" and level is not None and level < _SKIPS_BUMPS_LEVEL


def _anew(topics: Topics | None, before: Topics | None) -> set[str]:
    if topics is None or before is None:
        return set()
    ids: Any = dict(zip(before.rows["topic"], before.rows["topic_id"], strict=True))
    now = zip(topics.rows["topic"], topics.rows["topic_id"], strict=True)
    return {name for name, id_ in now if ids.get(name, id_) != id_}


@dataclass(frozen=True, eq=False, kw_only=True)
class ControllerMoves(Section):
    """How often a leader of the quorum was elected between two samples, `seconds` apart."""

    noun: ClassVar[str] = "quorum"

    moves: int
    leader_before: int | None
    leader: int | None
    epoch: int
    seconds: float


@derive()
def controller_moves(quorum: Quorum, before: Earlier[Quorum] | None) -> ControllerMoves | Missing:
    """Compare the epochs of the quorum in both samples."""
    if before is None or before.read_at == quorum.read_at:
        return _ONE_SAMPLE
    if quorum.leader_epoch is None or before.leader_epoch is None:
        return Missing("the quorum named no leader")
    return ControllerMoves(
        moves=quorum.leader_epoch - before.leader_epoch,
        leader_before=before.leader_id,
        leader=quorum.leader_id,
        epoch=quorum.leader_epoch,
        seconds=(quorum.read_at - before.read_at).total_seconds(),
    )
