"""What stands in the way of a reassignment, beside what doctor would say once it is done."""

from typing import Any

from kdiag.analysis.down_brokers import DownBrokers
from kdiag.check import Said, check
from kdiag.finding import Action, Finding, partition
from kdiag.preflight.proposal import Proposal
from kdiag.sections import LogDirs, Reassignments
from kdiag.wording import listed

_LIST = "kafka-reassign-partitions.sh --bootstrap-server {bootstrap} --list"


@check(area="replication")
def reassignment_stuck(proposal: Proposal, down: DownBrokers, reassignments: Reassignments) -> Said:
    """Partitions whose move would not end, or that are being moved already."""
    gone = {int(id_) for id_ in down.rows["broker"]}
    for (topic, number), move in proposal.moves.items():
        if waiting := [id_ for id_ in move.replicas if id_ in gone]:
            yield _endless(topic, number, waiting)
    for row in reassignments.rows.itertuples():
        if (row.topic, int(row.partition)) in proposal.moves:
            yield _replaced(row)


def _endless(topic: str, number: int, waiting: list[int]) -> Finding:
    names = listed(f"broker {id_}" for id_ in waiting)
    return Finding(
        "critical",
        partition(topic, number),
        f"The move of {topic}-{number} would not end: {names} is down.",
        "The old replicas stay, and the partition counts as being moved.",
        evidence={"down_brokers": waiting},
        actions=(Action(f"Bring back {names} first, or choose another broker."),),
    )


def _replaced(row: Any) -> Finding:
    return Finding(
        "warning",
        partition(row.topic, int(row.partition)),
        f"Partition {row.topic}-{row.partition} is being moved already.",
        "The new move takes the place of the one that runs; what was copied may be lost.",
        evidence={"adding": list(row.adding), "removing": list(row.removing)},
        actions=(Action("Let it end, or cancel it, first.", _LIST),),
    )


@check(area="disk")
def log_dir_offline(proposal: Proposal, log_dirs: LogDirs) -> Said:
    """Partitions to be moved into a directory that is not there, or not online."""
    rows = log_dirs.rows
    errors: dict[Any, str | None] = {
        (int(id_), path): error
        for id_, path, error in zip(rows["broker"], rows["path"], rows["error"], strict=True)
    }
    told = {id_ for id_, _ in errors}
    for (topic, number), move in proposal.moves.items():
        for id_, path in move.named_dirs:
            error = errors.get((id_, path), "there is no such directory")
            if id_ in told and error is not None:
                yield Finding(
                    "critical",
                    partition(topic, number),
                    f"Broker {id_} cannot take {topic}-{number} into {path}: {error}.",
                    "The move is refused, or does not end.",
                    evidence={"broker": id_, "path": path},
                    actions=(
                        Action(
                            "See its log directories.",
                            "kafka-log-dirs.sh --bootstrap-server {bootstrap} --describe "
                            "--broker-list {brokers}",
                            values={"brokers": id_},
                        ),
                    ),
                )
