"""What a saved snapshot holds and withholds, as a few lines for who is about to send it."""

from collections.abc import Iterator
from pathlib import Path

from kdiag.finding import NotApplicable
from kdiag.snapshot import Held, Missing, Snapshot, Table, Withheld
from kdiag.sources.saved import Contents, contents
from kdiag.wording import count, listed, size

_MOST = 10
_WIDTH = 20


def described(path: Path) -> str:
    """Return what a file holds. Raises UsageError where it is no snapshot."""
    held = contents(path)
    lines = [f"{path}: {size(held.size_bytes)}, {_origin(held)}"]
    lines += _names(held.snapshot.withheld)
    lines += _sections(held.snapshot)
    if held.snapshot.notes:
        lines.append(f"Passed over: {listed(held.snapshot.notes, _MOST)}")
    return "\n".join(lines)


def _origin(held: Contents) -> str:
    saved = f" at {held.saved_at}" if held.saved_at else ""
    taken = f"{held.snapshot.taken_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"schema {held.schema_version}, saved by kdiag {held.kdiag}{saved}; read {taken}"


def _names(withheld: Withheld) -> Iterator[str]:
    if withheld.names:
        counts = listed((f"{number:,} {kind}" for kind, number in withheld.names.items()), _MOST)
        yield f"Pseudonyms:  {counts}"
    else:
        yield "Pseudonyms:  none; all names are in the file (--redact)"
    left_out = []
    if withheld.settings:
        keys = listed(withheld.settings, _MOST)
        left_out.append(f"values of {count(len(withheld.settings), 'setting')} ({keys})")
    if withheld.texts:
        left_out.append(f"words of {count(withheld.texts, 'text')}")
    yield f"Left out:    {listed(left_out) or 'nothing'}"


def _sections(snapshot: Snapshot) -> Iterator[str]:
    for kind, held in snapshot.sections.items():
        yield f"  {kind.__name__.ljust(_WIDTH)} {_held(held)}"
    if snapshot.earlier is not None:
        seconds = (snapshot.taken_at - snapshot.earlier.taken_at).total_seconds()
        kinds = count(len(snapshot.earlier.sections), "section")
        yield f"  and {kinds} of {seconds:.0f} s before"


def _held(held: Held) -> str:
    match held:
        case Missing():
            return f"not read: {held}"
        case NotApplicable():
            return f"not applicable: {held.reason}"
    parts = f", {count(len(held.errors), 'part')} not read" if held.errors else ""
    return (f"{len(held):,} {held.noun}" if isinstance(held, Table) else "read") + parts
