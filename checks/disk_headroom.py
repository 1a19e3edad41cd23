"""Whether the disks could take what a lost broker held.

When a broker does not come back, its replicas are made anew on the others. Where that would fill
their volumes above 90 %, there is no time left to add disks first. A partition that has a copy on
every broker already cannot be made anew, and needs no room.

Reads: DescribeLogDirs (sizes of replicas; volumes, KIP-827), Metadata (replicas of partitions).
"""

from typing import Any

from kdiag.api import (
    Action,
    Finding,
    NotApplicable,
    Partitions,
    Replicas,
    Said,
    Volumes,
    Whole,
    broker,
    broker_disks,
    check,
    size,
)

_KEY = ["topic", "partition"]


@check(area="disk", explained_by=("disk-usage-high",))
def disk_headroom(
    volumes: Whole[Volumes],
    replicas: Whole[Replicas],
    partitions: Partitions,
    *,
    limit_ratio: float = 0.9,
) -> Said:
    """Brokers whose replicas would not fit on the others.

    limit_ratio: used part of the other brokers' volumes that must not be passed; from there on
        disk-usage-high is critical.
    """
    disks = broker_disks(volumes)
    if disks is None:
        yield NotApplicable("brokers share volumes, so one that is lost frees nothing")
        return
    brokers = set(disks.index)
    if len(brokers) < 2:
        yield NotApplicable("there is one broker")
        return
    movable = _movable(replicas, partitions, brokers)
    if not movable.sum():
        yield NotApplicable("every partition has a copy on every broker; none would be made anew")
        return
    worst = _worst(disks, movable)
    if worst["now"] <= limit_ratio < worst["then"]:
        yield _finding(worst, limit_ratio)


def _movable(replicas: Replicas, partitions: Partitions, brokers: set[int]) -> Any:
    """Return broker → bytes of its replicas that another broker could take."""
    rows = partitions.rows
    fits = {each for each in set(rows["replicas"]) if len(set(each)) < len(brokers)}
    free = rows.loc[rows["replicas"].isin(fits), _KEY]
    held = replicas.rows[~replicas.rows["is_future"]].merge(free, on=_KEY)
    sums = held.groupby("broker")["size_bytes"].sum()
    return sums.reindex(sorted(brokers), fill_value=0).astype("float64")


def _worst(disks: Any, movable: Any) -> dict[str, Any]:
    """Return the broker whose loss would fill the others most."""
    total, used = disks["total_bytes"], disks["used_bytes"]
    rest, others = total.sum() - total, used.sum() - used
    then = (others + movable) / rest
    lost = then.idxmax()
    return {
        "broker": int(lost),
        "then": float(then[lost]),
        "now": float(others[lost] / rest[lost]),
        "moved": int(movable[lost]),
        "free": int(rest[lost] - others[lost]),
        "rest": int(rest[lost]),
    }


def _finding(worst: dict[str, Any], limit: float) -> Finding:
    lacking = max(0, int((worst["then"] - limit) * worst["rest"]))
    return Finding(
        "info",
        broker(worst["broker"]),
        f"If broker {worst['broker']} is lost for good, the other brokers' volumes fill from "
        f"{worst['now']:.0%} to {worst['then']:.0%}.",
        "Its replicas cannot be made anew elsewhere without filling disks; until a broker is "
        "added, its partitions have a copy less.",
        cause=f"{size(worst['moved'])} of its replicas would have to move to others, which have "
        f"{size(worst['free'])} free.",
        evidence={
            "moved_bytes": worst["moved"],
            "others_free_bytes": worst["free"],
            "others_used_ratio": round(worst["now"], 4),
            "others_used_ratio_then": round(worst["then"], 4),
            "limit_ratio": limit,
            "lacking_bytes": lacking,
        },
        actions=(
            Action(
                "See how much each broker holds.",
                "kafka-log-dirs.sh --bootstrap-server {bootstrap} --describe",
            ),
            Action(f"Plan for {size(lacking)} more disk on the brokers, or shorter retention."),
        ),
        confidence="likely",
    )
