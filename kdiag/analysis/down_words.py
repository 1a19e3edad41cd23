"""What is said of a broker that serves nothing, whether it is gone or only fenced."""

from collections.abc import Mapping
from typing import Any

from kdiag.analysis.durability import Durability
from kdiag.wording import count


def held(row: Any) -> str:
    """Return what a row of DownBrokers holds, to follow "it holds"."""
    if not row.replica_count:
        return "no replicas."
    held = f"replicas of {count(row.replica_count, 'partition')}"
    if row.leaderless_count:
        return f"{held}, {row.leaderless_count:,} of which have no leader."
    return f"{held}, all out of their ISR."


def risk_of(durability: Durability | None, id_: int) -> dict[str, int]:
    """Count the partitions with a leader that miss this broker and have no replica to spare."""
    if durability is None:
        return {}
    led = durability.rows[durability.rows["leader"].notna()]
    spare = led["spare"][[id_ in missing for missing in led["missing"]]]
    return {
        "refusing_partitions": int((spare < 0).sum()),
        "at_limit_partitions": int((spare == 0).sum()),
    }


def impact(row: Any, risk: Mapping[str, int]) -> str:
    """Return what its loss does now, and what one more does."""
    if not row.replica_count:
        return "Nothing depends on it now: no partition has a replica on it."
    said = []
    if row.leaderless_count:
        said.append(f"Nobody can read or write {count(row.leaderless_count, 'partition')} now.")
    if not risk:
        said.append("How many refuse acks=all writes is not known: the limits were not read.")
    elif risk["refusing_partitions"]:
        said.append(f"Refusing acks=all writes now: {_partitions(risk['refusing_partitions'])}.")
    if risk.get("at_limit_partitions"):
        said.append(
            "One more failure and acks=all writes are refused on "
            f"{_partitions(risk['at_limit_partitions'])}."
        )
    return " ".join(said) or "Its partitions go on with one copy less."


def due(row: Any, risk: Mapping[str, int]) -> float | str:
    """Return when it does harm: now, or the event."""
    if row.leaderless_count or risk.get("refusing_partitions") or not risk:
        return 0.0
    return "one more broker is lost" if row.replica_count else "it is meant to serve"


def _partitions(number: int) -> str:
    return count(number, "partition")
