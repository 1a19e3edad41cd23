"""The report on a terminal: the answer first, then at most seven causes, then what was not seen.

Plain text of a width; colour only marks what a word says too. Lists of objects are capped here,
never in the JSON.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from kdiag.finding import Report, Reported
from kdiag.render.baseline import baseline_sentence
from kdiag.render.block import block
from kdiag.render.coverage import coverage_sentence, not_seen
from kdiag.render.layout import Span, wrapped
from kdiag.render.waivers import waiver_sentence
from kdiag.wording import count, listed

_MOST = 7
_MODES = {"kraft": "KRaft", "zookeeper": "ZooKeeper", "migrating": "migrating to KRaft"}
_VERDICT_COLUMN = 10


def render(report: Report, width: int = 80, color: bool = False, all_: bool = False) -> str:
    """Return the report as text that ends in a newline.

    all_: every cause, also infos and waived ones, with all actions.
    """
    shown, hidden = _chosen(report.findings, all_)
    paragraphs = [
        list(_header(report, width, color)),
        list(_verdict(report, width, color)),
        *(
            list(block(number, item, report, width, color, all_))
            for number, item in enumerate(shown, 1)
        ),
        list(_footer(report, shown, hidden, width, color)),
    ]
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines) + "\n"


def _chosen(
    findings: Sequence[Reported], all_: bool
) -> tuple[Sequence[Reported], Sequence[Reported]]:
    """Return the causes to show, and those that are only counted."""
    roots = [item for item in findings if item.is_root]
    if all_:
        return roots, []
    standing = [item for item in roots if item.waiver is None and item.finding.severity != "info"]
    shown = standing[:_MOST]
    return shown, [item for item in roots if item not in shown]


def _header(report: Report, width: int, color: bool) -> Iterator[str]:
    yield from wrapped(
        [
            Span(f"kdiag {report.version}", "strong"),
            f"  cluster {_cluster(report)}",
            f"  {_kafka(report)}",
        ],
        width,
        color=color,
    )
    sums = [
        count(report.counts[f"{noun}s"], noun)
        for noun in ("topic", "partition", "group")
        if f"{noun}s" in report.counts
    ]
    requests = count(sum(report.requests.values()), "request")
    yield from wrapped(
        [
            f"{', '.join(sums)}." if sums else "",
            f"  {coverage_sentence(report)}",
            f"  {report.duration_seconds:.1f} s, {requests}, read-only.",
        ],
        width,
        color=color,
    )
    if report.pseudonyms:
        names = listed(report.pseudonyms, most=len(report.pseudonyms))
        yield from wrapped([f"The names of these are pseudonyms: {names}."], width, color=color)


def _cluster(report: Report) -> str:
    name, id_ = report.cluster.get("name"), report.cluster.get("id")
    return f"{name} ({id_})" if name and id_ else str(name or id_ or "without a known id")


def _kafka(report: Report) -> str:
    mode = _MODES.get(str(report.cluster.get("mode")))
    unreachable = report.counts.get("unreachable", 0)
    brokers = report.counts.get("brokers", len(report.cluster.get("brokers", ())))
    version, service = report.cluster.get("version"), report.cluster.get("service")
    words = [
        str(service) if service else None,
        f"Kafka {version or 'of unknown version'}" if version or not service else None,
        mode,
        count(brokers, "broker") if brokers else None,
        f"{unreachable} unreachable" if unreachable else None,
    ]
    return ", ".join(word for word in words if word)


def _verdict(report: Report, width: int, color: bool) -> Iterator[str]:
    status = report.verdict.status
    word = Span(status.upper().ljust(_VERDICT_COLUMN - 1), status, is_whole=True)
    padding = " " * (_VERDICT_COLUMN - len(status) - 1)
    sentence = report.verdict.sentence
    lines = list(wrapped([sentence], width, " " * _VERDICT_COLUMN, " " * _VERDICT_COLUMN, color))
    [head] = wrapped([word], width, color=color)
    yield head + padding + " " + lines[0].strip()
    yield from lines[1:]


def _footer(
    report: Report, shown: Sequence[Reported], hidden: Sequence[Reported], width: int, color: bool
) -> Iterator[str]:
    for sentence in (
        _more(hidden, report.waived_count),
        _folded(report),
        baseline_sentence(report),
        waiver_sentence(report),
        not_seen(report),
        _unanswered(report),
    ):
        if sentence:
            yield from wrapped([sentence], width, " ", " ", color)
    if shown:
        command = Span(f"kdiag explain {shown[0].check}", "command", is_whole=True)
        yield from wrapped(["More on one:", command], width, " ", " ", color)


def _more(hidden: Sequence[Reported], waived: int) -> str:
    counts = Counter(
        "waived" if item.waiver else f"more {item.finding.severity}" for item in hidden
    )
    words = [
        f"{waived:,} waived" if what == "waived" else count(number, what)
        for what in ("more critical", "more warning", "more info", "waived")
        if (number := counts[what])
    ]
    return f"{', '.join(words)}: kdiag doctor --all." if words else ""


def _folded(report: Report) -> str:
    folded = sum(item.object_count for item in report.standing if not item.is_root)
    return f"{count(folded, 'symptom')} folded under their causes (-o json)." if folded else ""


def _unanswered(report: Report) -> str:
    errors = [f"{target} ({error.rstrip('.')})" for target, error in report.errors]
    return f"Did not answer: {listed(errors)}." if errors else ""
