"""Numbers of a lag row in as few characters as they need; a question mark is what is not known."""

from kdiag.pages.lag import LagRow, Owner
from kdiag.wording import span

UNKNOWN = "?"


def number(value: int | None) -> str:
    """Return a number of records with its thousands."""
    return UNKNOWN if value is None else f"{value:,}"


def lag(row: LagRow) -> str:
    """Return the lag in records; at least so many where partitions are unknown."""
    if row.lag_records is None or not row.partitions_unknown:
        return number(row.lag_records)
    return f"\u2265{row.lag_records:,}"


def seconds(row: LagRow) -> str:
    """Return the age of the oldest unread record: `45 s`, `<30 s`, `>1 h`, or an interval."""
    least, most = row.lag_seconds_at_least, row.lag_seconds_at_most
    if least is None:
        return UNKNOWN
    if most is None:
        return f">{span(round(least))}" if least else UNKNOWN
    if not least:
        return f"<{span(round(most))}" if most else "0 s"
    low, high = span(round(least)), span(round(most))
    return low if low == high else f"{low}\u2013{high}"


def rate(value: float | None) -> str:
    """Return records per second; below 10 with a decimal."""
    if value is None:
        return UNKNOWN
    return f"{value:.1f}" if 0 < value < 10 else f"{value:,.0f}"


def verdict(row: LagRow) -> str:
    """Return the state of affairs and what comes next, as long as the rates hold."""
    word = row.verdict or row.unknown_reason or UNKNOWN
    unsure = f" ({row.confidence})" if row.confidence in ("likely", "possible") else ""
    return f"{word}{unsure}{_next(row)}"


def _next(row: LagRow) -> str:
    if row.drain_seconds is not None:
        return f", drained in {span(round(row.drain_seconds))}"
    if row.lost_in_seconds is None:
        return ""
    if row.lost_in_seconds == 0:
        return ", records may be deleted unread any moment"
    return f", loses records in {span(round(row.lost_in_seconds))}"


def owner(row: LagRow) -> str:
    """Return who reads a partition: client id and host; of several how many."""
    if row.owners is None:
        return UNKNOWN
    if not row.owners:
        return "-"
    if len(row.owners) > 1:
        return f"{len(row.owners)} members"
    return named(row.owners[0])


def named(one: Owner) -> str:
    """Return a member by client id and host, a static one with its instance id."""
    instance = f" ({one.instance_id})" if one.instance_id else ""
    return f"{one.client_id}{instance} {host(one.client_host)}"


def host(text: str | None) -> str:
    """Return a client's host as people write it: brokers put a slash before the address."""
    return (text or UNKNOWN).removeprefix("/")
