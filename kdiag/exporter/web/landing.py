"""The page for people: what is watched, how old that is, and what is wrong."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from html import escape

import kdiag
from kdiag.exporter.watcher import Watcher
from kdiag.finding import Report
from kdiag.render.waivers import waiver_sentence
from kdiag.wording import count, span

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;"
    "color:#1b1f24;background:#fff}table{border-collapse:collapse;margin:.5rem 0 1rem}"
    "td,th{text-align:left;padding:.2rem .8rem .2rem 0;vertical-align:top;"
    "border-bottom:1px solid #d0d7de}a{color:#0550ae}"
    "@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}a{color:#79c0ff}"
    "td,th{border-color:#30363d}}"
)
_LINKS = {
    "/metrics": "metrics",
    "/api/v1/report": "report as JSON",
    "/-/healthy": "healthy",
    "/-/ready": "ready",
}


def landing(watchers: Sequence[Watcher]) -> str:
    """Return the page as HTML; everything that a cluster says is escaped."""
    links = " · ".join(f'<a href="{path}">{words}</a>' for path, words in _LINKS.items())
    body = "".join(part for watcher in watchers for part in _cluster(watcher))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>kdiag exporter</title><style>{_STYLE}</style></head><body>"
        f"<h1>kdiag {escape(kdiag.__version__)}</h1><p>{links}</p>{body}</body></html>\n"
    )


def _cluster(watcher: Watcher) -> Iterator[str]:
    yield f"<h2>{escape(watcher.name)}</h2>"
    yield f"<p>{_effect(watcher)}</p>"
    held, passes = watcher.published, watcher.passes
    if passes.error is not None:
        yield f"<p><strong>The last pass failed:</strong> {escape(passes.error)}</p>"
    if held is None:
        yield "<p>No snapshot was taken yet.</p>"
        return
    age = (datetime.now(UTC) - held.snapshot.taken_at).total_seconds()
    stale = " Its metrics are stale and not shown." if watcher.is_stale() else ""
    yield f"<p>The last snapshot is {escape(span(age))} old.{stale}</p>"
    if held.report is not None:
        yield from _report(held.report)
    yield "<h3>Parts</h3>"
    yield _table(
        ("part", "read", "seconds"),
        [
            (part, "in whole" if good else "not in whole", f"{passes.seconds.get(part, 0.0):.3f}")
            for part, good in sorted(passes.success.items())
        ],
    )


def _effect(watcher: Watcher) -> str:
    """Return whether anything is written to the cluster, and what."""
    if watcher.prober is None:
        return "It is only read."
    access, trouble = watcher.prober.access, watcher.prober.trouble
    said = (
        f"<strong>The probe writes</strong> to each partition of topic {escape(access.topic)}, "
        f"records at {access.rate:g} a second, and commits as group {escape(access.group)}. "
        "Everything else is only read."
    )
    return said if trouble is None else f"{said} <strong>{escape(trouble)}</strong>"


def _report(report: Report) -> Iterator[str]:
    yield f"<p><strong>{escape(report.verdict.sentence)}</strong></p>"
    coverage = report.coverage
    yield (
        f"<p>{coverage['evaluated']} of {count(coverage['total'], 'check')} evaluated, "
        f"{coverage['unknown']} unknown, {coverage['not_applicable']} not applicable; as of "
        f"{report.started_at:%Y-%m-%d %H:%M:%S} UTC.</p>"
    )
    waived = report.waived_count
    said = " ".join(
        part for part in (f"{waived:,} waived." * bool(waived), waiver_sentence(report)) if part
    )
    if said:
        yield f"<p>{escape(said)}</p>"
    roots = [item for item in report.standing if item.is_root]
    if roots:
        yield "<h3>Findings</h3>"
        yield _table(
            ("severity", "check", "what"),
            [(item.finding.severity, item.check, item.finding.symptom) for item in roots],
        )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    first = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    rest = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<table><tr>{first}</tr>{rest}</table>"
