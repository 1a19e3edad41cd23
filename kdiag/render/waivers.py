"""What became of the waivers, in words: what ends soon, what ended, what nothing needs."""

from collections.abc import Iterator

from kdiag.finding import Report, Waiver, WaiverState
from kdiag.wording import count, listed


def waived_words(waiver: Waiver) -> str:
    """Return why something is waived, who answers for it, and until when."""
    more = [waiver.owner, f"until {waiver.expires}" if waiver.expires else None]
    words = ", ".join(word for word in more if word)
    return f"{waiver.reason} ({words})" if words else waiver.reason


def waiver_sentence(report: Report) -> str:
    """Return what is to be said of the waivers; nothing where all is well with them."""
    said = [*_expiring(report), *_expired(report), *_returned(report), *_unused(report)]
    return f"Waivers: {'; '.join(said)}." if said else ""


def _expiring(report: Report) -> Iterator[str]:
    for state in _of(report, "expiring"):
        days = state.days_left or 0
        never = state.waiver.expires == "never"
        what = "is to be reviewed" if never else "expires"
        when = "today" if days == 0 else f"in {count(days, 'day')}"
        if days < 0:
            what, when = "was to be reviewed", f"{count(-days, 'day')} ago"
        yield f"that of {_name(state)} {what} {when}"


def _expired(report: Report) -> Iterator[str]:
    if expired := _of(report, "expired"):
        number = count(len(expired), "has expired", "have expired")
        yield f"{number}: {listed(map(_name, expired))}"


def _returned(report: Report) -> Iterator[str]:
    """Yield those that have not expired, and still do not hold for a finding that they mean."""
    lacking = [one for one in report.waivers if one.returned and one.status != "expired"]
    if lacking:
        number = count(len(lacking), "does not hold", "do not hold")
        yield f"{number}, as the findings say: {listed(map(_name, lacking))}"


def _unused(report: Report) -> Iterator[str]:
    if unused := _of(report, "unused"):
        yield f"{len(unused):,} matched nothing: {listed(map(_name, unused))}"


def _of(report: Report, status: str) -> list[WaiverState]:
    return [state for state in report.waivers if state.status == status]


def _name(state: WaiverState) -> str:
    """Return what a waiver is about, and who answers for it."""
    what = state.check or f"fingerprint {listed(state.fingerprints, 1)}"
    keys = ", ".join(f"{key} {text}" for key, text in state.match.items() if key != "cluster")
    return f"{' on '.join(part for part in (what, keys) if part)} ({state.waiver.owner})"
