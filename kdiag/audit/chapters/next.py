"""What breaks next: at which time, or by which event."""

from collections.abc import Iterator

from kdiag.analysis.disk_forecast import DiskForecast, full_times
from kdiag.analysis.losses import Losses
from kdiag.audit.blocks import Cell, Chapter, table
from kdiag.audit.saying import advices, ordered
from kdiag.audit.seen import Seen
from kdiag.wording import count

_AHEAD = "_in_seconds"
Row = tuple[Cell, ...]


def breaks_next(seen: Seen) -> Chapter:
    """List what has a time first, the soonest on top, then what waits for an event."""
    timed = sorted({*_of_findings(seen), *_of_volumes(seen)}, key=lambda row: float(row[0] or 0))
    events = list(_of_losses(seen))
    standing = [
        (item.finding.severity, item.finding.symptom, item.finding.impact, item.check)
        for item in ordered(seen.roots)
        if item.finding.severity != "info"
    ]
    return Chapter(
        "next",
        "What breaks next",
        observations=(
            table(
                "With a time",
                {"In": "seconds", "What": "text", "Where": "text", "Check": "code"},
                list(timed),
            ),
            table(
                "With an event",
                {"When": "text", "What": "text"},
                events,
            ),
            table(
                "What stands, and what it leads to",
                {"Severity": "text", "Seen": "text", "Next": "text", "Check": "code"},
                [tuple(row) for row in standing],
            ),
        ),
        conclusions=(_conclusion(len(timed), len(events)),),
        recommendations=advices(seen.roots),
        unseen=seen.taken_unseen(),
    )


def _conclusion(timed: int, events: int) -> str:
    if not timed and not events:
        return "Nothing is foreseen to break, at the rates and with the failures looked at."
    return (
        f"{count(timed, 'thing')} will break at a time that can be told, "
        f"{events} with the next failure."
    )


def _of_findings(seen: Seen) -> Iterator[Row]:
    """Yield what findings foretell: evidence in seconds that are still to go."""
    for item in seen.roots:
        for key, value in item.finding.evidence.items():
            if key.endswith(_AHEAD) and isinstance(value, int | float) and value == value:
                yield float(value), item.finding.impact, str(item.finding.subject), item.check


def _of_volumes(seen: Seen) -> Iterator[Row]:
    forecast = seen.held(DiskForecast)
    if forecast is None:
        return
    what = "The volume is full, at the highest rate of an hour, a day and a week."
    for (broker, path), seconds in full_times(forecast, "high").items():
        yield seconds, what, f"log dir {path} of broker {broker}", "disk-usage-high"


def _of_losses(seen: Seen) -> Iterator[Row]:
    losses = seen.held(Losses)
    if losses is None:
        return
    for row in losses.rows.itertuples():
        lost = [
            f"{count(number, 'partition')} {what}"
            for number, what in (
                (int(row.offline_partitions), "offline"),
                (int(row.refusing_partitions), "refusing acks=all writes"),
            )
            if number
        ]
        if lost:
            yield f"{row.what} {row.name} fails", ", ".join(lost)
