"""What the checks of groups whose members come and go have in common to say."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from kdiag.analysis.churn import Churn
from kdiag.analysis.group_words import known
from kdiag.finding import Action, Finding, Severity, group
from kdiag.wording import count, listed, span

_NEAR_SECONDS = 120


def verdict_rows(churn: Churn, verdict: str) -> Iterator[Any]:
    """Yield the groups with a verdict, the one that loses members most often first."""
    rows = churn.rows[churn.rows["verdict"] == verdict]
    yield from rows.sort_values("times", ascending=False).itertuples()


def storm(
    row: Any,
    severity: Severity,
    seen: str,
    impact: str,
    cause: str,
    actions: tuple[Action, ...],
) -> Finding:
    """Return the finding of a verdict; it explains whatever else is said of the group.

    seen: who comes and goes, to follow how often the group rebalanced.
    """
    others = f" Other members of it: {listed(row.others)}." if row.others else ""
    return Finding(
        severity,
        group(row.group),
        f"Group {row.group} rebalanced {count(row.rebalances, 'time')} in the last "
        f"{span(row.window_seconds)}: {seen}, {_since(row)}.",
        impact,
        cause=cause + others,
        evidence=_evidence(row),
        actions=actions,
        confidence=row.confidence,
        since=row.first_at.to_pydatetime(),
        covers=frozenset({group(row.group)}),
    )


def clients(row: Any) -> str:
    """Return the clients that leave and come back."""
    return listed(client_name(client) for client in row.clients)


def client_name(client: tuple[str, ...]) -> str:
    """Return a client as people look for it: `orders-3 on 10.1.0.7`, or its instance id."""
    if len(client) == 1:
        return f"instance {client[0]}"
    client_id, host = client
    return f"{client_id} on {host.lstrip('/')}" if host else client_id


def stays(row: Any) -> str:
    """Return how many stays of which clients ended, and after how long: `9 stays of a on h`."""
    named = listed(client_name(client) for client in row.clients)
    return f"{count(row.times, 'stay')} of {named} ended after {span(row.lasted_seconds)}"


def _since(row: Any) -> str:
    """Return since when, and how far back the history reaches."""
    first = _clock(row.first_at, row.last_at)
    if row.known_from != row.known_from:
        return f"since {first}"
    if row.first_at - row.known_from <= timedelta(seconds=_near_seconds(row)):
        return f"since {first} or earlier, where the history begins"
    return f"since {first}, while the history reaches back to {_clock(row.known_from, row.last_at)}"


def _near_seconds(row: Any) -> float:
    """Return how close to the begin of the history a first time proves nothing."""
    spacing = row.spacing_seconds if row.spacing_seconds == row.spacing_seconds else 0.0
    return max(_NEAR_SECONDS, 2 * spacing)


def _clock(at: Any, now: Any) -> str:
    """Return a time of today as hours and minutes, an older one with its date; both UTC."""
    pattern = "%H:%M" if at.date() == now.date() else "%Y-%m-%d %H:%M"
    return f"{at:{pattern}} UTC"


def _evidence(row: Any) -> dict[str, Any]:
    """Return the numbers behind a verdict, with units in the keys; what is not known is absent."""
    found = {
        "rebalances": int(row.rebalances),
        "failed_rebalances": int(row.failed),
        "window_seconds": row.window_seconds,
        "departures": int(row.times),
        "clients": [client_name(client) for client in row.clients],
        "spacing_seconds": row.spacing_seconds,
        "members_least": int(row.members_least),
        "members_most": int(row.members_most),
        "lasted_seconds": row.lasted_seconds,
        "away_seconds": row.away_seconds,
        "silent_seconds": row.silent_seconds,
        "max_poll_interval_seconds": row.rebalance_timeout_seconds,
        "session_timeout_seconds": row.session_timeout_seconds,
    }
    return known(found)
