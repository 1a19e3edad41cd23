"""`kdiag waive`: accept a finding for a while, by an entry in a file."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import click

from kdiag.bounded import read_text
from kdiag.cli import flags, screen
from kdiag.cli.diagnosis import choose, known_checks
from kdiag.cli.flags import Selection, flag
from kdiag.cli.logs import verbose_flag
from kdiag.cli.reports import opened
from kdiag.errors import UsageError
from kdiag.finding import Report, Reported
from kdiag.render.layout import clean
from kdiag.waivers.file import parsed
from kdiag.waivers.ledger import Waivers
from kdiag.waivers.writing import Draft, with_entry

_MOST_SHOWN = 3


@click.command()
@click.argument("fingerprint")
@flag("--reason", required=True, help="Why it is accepted.")
@flag("--owner", required=True, help="Who answers for it.")
@flag("--expires", required=True, metavar="DATE|never", help="Its last day, YYYY-MM-DD in UTC.")
@flag("--review", metavar="DATE", help="When to look at one that never expires.")
@flag("--ticket", help="Where it is written about.")
@flag("--allow-critical", is_flag=True, help="Waive it although it is critical.")
@flag(
    "--from",
    "from_file",
    type=flags.FILE,
    metavar="FILE",
    help="The report (-o json) or snapshot that has the finding; the entry then names its check.",
)
@flag(
    "--waivers",
    type=flags.FILE,
    default="kdiag-waivers.yaml",
    show_default=True,
    metavar="FILE",
    help="Where to write.",
)
@verbose_flag
def waive(
    fingerprint: str,
    reason: str,
    owner: str,
    expires: str,
    review: str | None,
    ticket: str | None,
    allow_critical: bool,
    from_file: Path | None,
    waivers: Path,
) -> None:
    """Add the finding with FINGERPRINT to a file that kdiag doctor --waivers reads.

    Fingerprints are in the JSON and CSV of a report, and with --all on the page. That of several
    findings in one stands for each of them.
    """
    _require_dates(expires, review)
    draft = Draft(
        fingerprints=(fingerprint,),
        reason=reason,
        owner=owner,
        expires=expires,
        review=review,
        ticket=ticket,
        allow_critical=allow_critical,
    )
    if from_file is not None:
        report = opened(from_file, choose(Selection((), (), None, ())))
        draft = _found(draft, report, from_file)
    _write(waivers, draft)
    screen.write(f"{waivers}: written; kdiag doctor --waivers {waivers} reads it.\n", None)


def _require_dates(expires: str, review: str | None) -> None:
    """Raise UsageError for what is no day to come, and for never without a day of review."""
    today = datetime.now(UTC).date()
    if expires == "never" and review is None:
        raise UsageError("--expires never needs --review YYYY-MM-DD")
    given = {"--expires": None if expires == "never" else expires, "--review": review}
    for name, text in given.items():
        if text is not None and _date(name, text) < today:
            raise UsageError(f"{name} {text} is over already")


def _date(name: str, text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise UsageError(f"{name} {text}: expected YYYY-MM-DD") from None


def _found(draft: Draft, report: Report, file: Path) -> Draft:
    """Return the draft with what the report says of the finding.

    Raises UsageError where it has none, or a critical one that must be allowed first.
    """
    [fingerprint] = draft.fingerprints
    for item in report.findings:
        about = dict(_objects(item))
        if fingerprint in about or fingerprint == item.fingerprint:
            break
    else:
        raise UsageError(f"{file}: has no finding with the fingerprint {fingerprint}")
    if item.finding.severity == "critical" and not draft.allow_critical:
        raise UsageError(
            f"{fingerprint} is critical: waive it with --allow-critical, or not at all"
        )
    wanted = {fingerprint: about[fingerprint]} if fingerprint in about else about
    shown = [clean(text) for text in list(wanted.values())[:_MOST_SHOWN]]
    if len(wanted) > _MOST_SHOWN:
        shown.append(f"and {len(wanted) - _MOST_SHOWN:,} more")
    return replace(
        draft,
        fingerprints=tuple(wanted),
        check=item.check,
        cluster=report.cluster.get("id"),
        about=shown,
    )


def _objects(item: Reported) -> Iterator[tuple[str, str]]:
    """Yield fingerprint and symptom of each object."""
    if not item.objects:
        yield item.fingerprint, item.finding.symptom
    for one in item.objects:
        yield str(one["fingerprint"]), str(one["symptom"])


def _write(path: Path, draft: Draft) -> None:
    """Add the entry; what would not be read back as it is meant is not written."""
    ids = [check.id for check in known_checks().checks]
    text = _text(path)
    held = parsed(text, str(path), ids) if text.strip() else Waivers(())
    _require_not_waived(path, held, draft)
    written = with_entry(text, draft, str(path))
    now = parsed(written, str(path), ids).entries
    if len(now) != len(held.entries) + 1 or not now[-1].fingerprints >= set(draft.fingerprints):
        raise UsageError(f"{path}: nothing can be added to it; write the waiver by hand")
    _replace(path, written)


def _text(path: Path) -> str:
    try:
        return read_text(path)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is not UTF-8") from None


def _require_not_waived(path: Path, held: Waivers, draft: Draft) -> None:
    today = datetime.now(UTC).date()
    for entry in held.entries:
        both = entry.fingerprints & set(draft.fingerprints)
        if both and not entry.is_expired(today):
            until = entry.waiver.expires
            raise UsageError(f"{path}:{entry.line}: {min(both)} is waived already, until {until}")


def _replace(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from None
