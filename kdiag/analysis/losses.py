"""What happens when one broker, or all of one rack, goes away now."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from kdiag.analysis.durability import Durability
from kdiag.check import derive
from kdiag.sections import Brokers, LogDirs, Replicas
from kdiag.snapshot import Table


class Losses(Table):
    """One row a broker that serves, and one a rack where there are several.

    what: broker or rack; name: its id or name. offline_partitions: without an in-sync replica
    elsewhere. refusing_partitions: the others that would refuse acks=all writes. moved_leaders:
    partitions that it leads and another can. busiest_broker, busiest_leads: who would then lead
    most, where each partition goes to its first in-sync replica (the preferred order). copy_bytes:
    of its replicas, that others must take for as many copies as before; free_bytes: usable on the
    volumes of the others; <NA> where log directories were not read.
    """

    noun = "losses"
    columns = {
        "what": "str",
        "name": "str",
        "brokers": "object",
        "offline_partitions": "int",
        "refusing_partitions": "int",
        "moved_leaders": "int",
        "busiest_broker": "int",
        "busiest_leads": "int",
        "copy_bytes": "int",
        "free_bytes": "int",
    }


@derive()
def losses(
    durability: Durability,
    brokers: Brokers,
    replicas: Replicas | None,
    log_dirs: LogDirs | None,
) -> Losses:
    """Take each broker, and each rack, out of the ISRs."""
    serving = brokers.rows[brokers.rows["is_registered"] & ~brokers.rows["is_fenced"]]
    racks: dict[str, set[int]] = {}
    for id_, rack in zip(serving["broker"], serving["rack"], strict=True):
        if rack:
            racks.setdefault(rack, set()).add(int(id_))
    cases = [("broker", str(id_), {int(id_)}) for id_ in sorted(serving["broker"])]
    if len(racks) > 1:
        cases += [("rack", name, racks[name]) for name in sorted(racks)]
    table = durability.rows
    columns = (table["leader"].astype("float64"), table["isr"], table["effective_min_isr"])
    logs = [
        (None if leader != leader else int(leader), isr, int(least))
        for leader, isr, least in zip(*columns, strict=True)
    ]
    copies, free = _sizes(replicas), _free(log_dirs)
    return Losses.from_rows(
        [
            {
                "what": what,
                "name": name,
                "brokers": tuple(sorted(gone)),
                **_without(gone, logs),
                "copy_bytes": None if copies is None else sum(copies.get(id_, 0) for id_ in gone),
                "free_bytes": None if free is None else _of_others(free, gone),
            }
            for what, name, gone in cases
        ]
    )


def _without(gone: set[int], logs: Iterable[tuple[int | None, Any, int]]) -> dict[str, Any]:
    """Count what is left of the partitions without some brokers."""
    offline = refusing = moved = 0
    leads: Counter[int] = Counter()
    for leader, isr, least in logs:
        left = [id_ for id_ in isr if id_ not in gone]
        if leader is None:
            continue
        if not left:
            offline += 1
            continue
        if len(isr) >= least > len(left):
            refusing += 1
        moved += leader in gone
        leads[left[0] if leader in gone else leader] += 1
    busiest, number = leads.most_common(1)[0] if leads else (None, 0)
    return {
        "offline_partitions": offline,
        "refusing_partitions": refusing,
        "moved_leaders": moved,
        "busiest_broker": busiest,
        "busiest_leads": number,
    }


def _sizes(replicas: Replicas | None) -> Mapping[int, int] | None:
    if replicas is None or replicas.errors:
        return None
    sums = replicas.rows.groupby("broker")["size_bytes"].sum()
    return {int(id_): int(held) for id_, held in sums.items()}


def _free(log_dirs: LogDirs | None) -> Mapping[int, int] | None:
    """Return broker → usable bytes; None where some volume does not tell."""
    if log_dirs is None or log_dirs.errors or log_dirs.rows["usable_bytes"].isna().any():
        return None
    sums = log_dirs.rows.groupby("broker")["usable_bytes"].sum()
    return {int(id_): int(free) for id_, free in sums.items()}


def _of_others(free: Mapping[int, int], gone: set[int]) -> int:
    return sum(bytes_ for id_, bytes_ in free.items() if id_ not in gone)
