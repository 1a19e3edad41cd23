"""A run in a word and a sentence: the worst first, with its reason."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from kdiag.probe.page import BrokerRow, ProbePage, main_error
from kdiag.wording import count

Status = Literal["available", "failing", "incomplete"]


class Verdict(NamedTuple):
    """incomplete: nothing failed, but not every broker was probed."""

    status: Status
    sentence: str


def verdict(page: ProbePage) -> Verdict:
    """Return what a run says."""
    if page.is_failing:
        return Verdict("failing", " ".join(_failing(page)))
    left_out = [row for row in page.rows if row.state == "not-probed"]
    if left_out:
        return Verdict("incomplete", " ".join(_incomplete(page, left_out)))
    those = "both brokers" if len(page.rows) == 2 else f"all {len(page.rows)} brokers"
    through = f"broker {page.rows[0].broker}" if len(page.rows) == 1 else those
    records = count(page.sent, "record")
    return Verdict("available", f"{records} went through {through} and came back.")


def _failing(page: ProbePage) -> Iterator[str]:
    by_state = {
        state: [row for row in page.rows if row.state == state]
        for state in ("unavailable", "partly", "held-up")
    }
    if rows := by_state["unavailable"]:
        yield f"{named(rows)} cannot be written to: {_reasons(rows)}."
    if rows := by_state["partly"]:
        was = "was" if len(rows) == 1 else "were"
        yield f"{named(rows)} {was} not always available: {_reasons(rows)}."
    if rows := by_state["held-up"]:
        yield f"Records through {named(rows).lower()} came too late: {_reasons(rows)}."
    if page.failed_commits:
        failed = sum(page.failed_commits.values())
        yield (
            f"{failed} of {count(page.committed + failed, 'commit')} of group {page.group} failed "
            f"with {main_error(page.failed_commits)}."
        )


def _incomplete(page: ProbePage, left_out: Sequence[BrokerRow]) -> Iterator[str]:
    is_all = len(left_out) == len(page.rows)
    was = "was" if len(left_out) == 1 else "were"
    yield f"{named(left_out)} {was} not probed: {_reasons(left_out)}."
    if not is_all:
        yield f"{count(page.sent, 'record')} went through the others and came back."


def named(rows: Sequence[BrokerRow]) -> str:
    """Return the brokers: `Broker 3`, `Brokers 1, 2 and 3`."""
    ids = [str(row.broker) for row in rows]
    if len(ids) == 1:
        return f"Broker {ids[0]}"
    return f"Brokers {', '.join(ids[:-1])} and {ids[-1]}"


def _reasons(rows: Sequence[BrokerRow]) -> str:
    """Return the reason of one, or of the first of several."""
    reasons = [row.reason for row in rows if row.reason]
    if not reasons:
        return "for no reason that is known"
    if len(set(reasons)) == 1:
        return reasons[0]
    return f"broker {rows[0].broker}: {reasons[0]}; the others below"
