"""When processes began, as runs of kdiag saw it: a small file in the state directory.

The JVM tells only its last start; how often a broker restarted takes someone who wrote it down.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kdiag.bounded import read_text
from kdiag.errors import UsageError
from kdiag.sections import Facts, StartHistory
from kdiag.snapshot import Snapshot

_FACT = "start-time"
_KEPT = timedelta(days=2)
_MOST = 100
_SAME_SECONDS = 2.0  # a clock that is set moves a start a little


def starts(directory: Path, cluster: str, snapshot: Snapshot) -> StartHistory | None:
    """Note the starts that a snapshot tells, and return all of the last two days.

    None where JMX was not read. Raises UsageError for a file that is not what kdiag writes, or that
    cannot be written.
    """
    facts = snapshot.get(Facts)
    if not isinstance(facts, Facts):
        return None
    file = directory / f"kdiag-{cluster}-starts.json"
    known = _read(file)
    rows = facts.rows[facts.rows["fact"] == _FACT]
    for target, start in zip(rows["target"], rows["value"], strict=True):
        mine = known.setdefault(target, [])
        if not any(abs(start - each) <= _SAME_SECONDS for each in mine):
            mine.append(start)
    since = (snapshot.taken_at - _KEPT).timestamp()
    kept = {target: _late(each, since) for target, each in known.items()}
    _write(file, {target: each for target, each in kept.items() if each})
    return StartHistory.from_rows(
        [
            {"target": target, "started_at": datetime.fromtimestamp(start, UTC)}
            for target, each in kept.items()
            for start in each
        ],
        read_at=snapshot.taken_at,
    )


def _late(found: list[float], since: float) -> list[float]:
    return [start for start in sorted(found) if start >= since][-_MOST:]


def _read(file: Path) -> dict[str, list[float]]:
    try:
        text = read_text(file)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from None
    try:
        return {
            str(target): [float(start) for start in found]
            for target, found in json.loads(text).items()
        }
    except (ValueError, TypeError, AttributeError):
        raise UsageError(f"{file}: is not what kdiag writes") from None


def _write(file: Path, known: dict[str, list[float]]) -> None:
    part = file.with_suffix(".part")
    try:
        part.touch(mode=0o600)
        part.write_text(json.dumps(known), encoding="utf-8")
        part.replace(file)
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror}") from None
