"""One audit as a value; files are rendered from it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

from kdiag.audit.blocks import Block, Card, Chapter, Figure, Table
from kdiag.audit.chapters import chapters
from kdiag.audit.chapters.summary import summary
from kdiag.audit.seen import Seen
from kdiag.audit.trends import Trends
from kdiag.check import Check
from kdiag.finding import Report
from kdiag.render.json import document, plain
from kdiag.snapshot import Snapshot
from kdiag.wording import count


@dataclass(frozen=True)
class Audit:
    """A report in chapters, the summary first. changes: how many findings came, went, changed."""

    report: Report
    chapters: tuple[Chapter, ...]
    changes: Mapping[str, int]

    @property
    def name(self) -> str:
        """What the cluster is called, or its id."""
        cluster = self.report.cluster
        return str(cluster.get("name") or cluster.get("id") or self.report.bootstrap)

    @property
    def facts(self) -> str:
        """One line: when, which release, how large, how it was read."""
        report, cluster = self.report, self.report.cluster
        sizes = [
            count(report.counts[key], key.removesuffix("s"))
            for key in ("brokers", "topics", "partitions", "groups")
            if key in report.counts
        ]
        parts = [
            report.started_at.strftime("%Y-%m-%d %H:%M UTC"),
            f"Kafka {cluster['version']}" if cluster.get("version") else None,
            {"kraft": "KRaft", "zookeeper": "ZooKeeper"}.get(str(cluster.get("mode"))),
            *sizes,
            f"{sum(report.requests.values())} requests, read-only",
        ]
        return " \u00b7 ".join(part for part in parts if part)

    @cached_property
    def document(self) -> dict[str, Any]:
        """The report of doctor, and the chapters under `audit`, as plain values."""
        return document(self.report) | {
            "audit": {
                "changes": dict(self.changes),
                "chapters": [_chapter(chapter) for chapter in self.chapters],
            }
        }


def audit(
    snapshot: Snapshot,
    report: Report,
    checks: Sequence[Check],
    earlier: Sequence[Report] = (),
) -> Audit:
    """Return the audit of a snapshot. earlier: reports of earlier ones."""
    seen = Seen(snapshot, report, checks)
    trends = Trends.of(report, earlier)
    first = summary(seen, trends)
    return Audit(report, (first, *chapters(seen)), trends.counts)


def _chapter(chapter: Chapter) -> dict[str, Any]:
    return {
        **plain(asdict(replace(chapter, observations=()))),
        "observations": [{"kind": _kind(block), **_block(block)} for block in chapter.observations],
    }


def _kind(block: Block) -> str:
    return type(block).__name__.lower()


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Card):
        return {"fingerprint": block.fingerprint}  # the finding itself is in the report
    made: dict[str, Any] = plain(asdict(block))
    if isinstance(block, Figure):
        made["draws"] = made.pop("kind")
    elif isinstance(block, Table):
        made["columns"] = [asdict(column) for column in block.columns]
    return made
