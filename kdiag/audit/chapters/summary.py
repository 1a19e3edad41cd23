"""One page for those who decide: how it is, what may happen, what to do first."""

from collections import Counter
from collections.abc import Iterator, Sequence

from kdiag.analysis.disk_forecast import DiskForecast, full_times
from kdiag.analysis.lag import PartitionLag
from kdiag.analysis.losses import Losses
from kdiag.analysis.partition_growth import PartitionGrowth
from kdiag.analysis.volumes import Volumes
from kdiag.audit.blocks import Advice, Block, Cell, Chapter, Figure, Text, table
from kdiag.audit.saying import advice_of, ordered
from kdiag.audit.seen import Seen
from kdiag.audit.trends import Trends
from kdiag.audit.wording import written
from kdiag.finding import SEVERITIES, Reported
from kdiag.wording import count

_TOP = 5
_EFFORTS = ("minutes", "hours", "days")


def summary(seen: Seen, trends: Trends) -> Chapter:
    """Return the first chapter. trends: what earlier audits said."""
    top = ordered(seen.roots)[:_TOP]
    blocks: list[Block | None] = [
        _numbers(seen),
        _severities(seen, trends),
        _risks(top, trends),
        trends.changed_table(),
        trend_figure(trends),
        Text(_coverage(seen)),
    ]
    return Chapter(
        "summary",
        "Summary",
        observations=tuple(block for block in blocks if block is not None),
        conclusions=(seen.report.verdict.sentence,),
        recommendations=_first_things(seen.roots),
        unseen=seen.taken_unseen(),
    )


def _numbers(seen: Seen) -> Block:
    counts = seen.report.counts
    rows: list[tuple[Cell, ...]] = [
        (name.capitalize(), f"{counts[name]:,}")
        for name in ("brokers", "topics", "partitions", "groups")
        if name in counts
    ]
    return table("In numbers", {"What": "text", "Now": "text"}, [*rows, *_measured(seen)])


def _measured(seen: Seen) -> Iterator[tuple[Cell, ...]]:
    """Yield what is measured, as far as it was read."""
    growth, volumes = seen.held(PartitionGrowth), seen.held(Volumes)
    lag, losses, forecast = seen.held(PartitionLag), seen.held(Losses), seen.held(DiskForecast)
    if growth is not None:
        rate = float(growth.rows["high_per_second"].sum())
        yield "Records written, at most of an hour, a day, a week", written(rate, "per_second")
    if volumes is not None and len(volumes):
        yield "Fullest volume", written(float(volumes.rows["used_ratio"].max()), "ratio")
    if forecast is not None:
        first = min(full_times(forecast, "high").values(), default=None)
        yield (
            "First volume full in",
            "more than 90 d" if first is None else written(first, "seconds"),
        )
    if lag is not None:
        oldest = float(lag.rows["oldest_unread_seconds"].max())
        yield (
            "Oldest unread record",
            written(oldest, "seconds") if oldest == oldest else "under 30 s",
        )
    if losses is not None and len(losses):
        rows = losses.rows[losses.rows["what"] == "broker"]
        worst = int((rows["offline_partitions"] + rows["refusing_partitions"]).max())
        yield "Partitions that stop for some clients if one broker fails", f"{worst:,}"


def _severities(seen: Seen, trends: Trends) -> Block:
    now = Counter(item.finding.severity for item in seen.roots)
    before = trends.severities_before()
    rows: list[tuple[Cell, ...]] = [
        (severity, now[severity], None if before is None else before[severity])
        for severity in SEVERITIES
    ]
    return table(
        "Findings", {"Severity": "text", "Now": "count", "At the last audit": "count"}, rows
    )


def _risks(top: Sequence[Reported], trends: Trends) -> Block:
    rows: list[tuple[Cell, ...]] = [
        (
            item.finding.severity,
            item.finding.symptom,
            item.finding.impact,
            trends.first_seen(item),
        )
        for item in top
    ]
    return table(
        "What matters most",
        {"Severity": "text", "Seen": "text", "What it leads to": "text", "In audits since": "time"},
        rows,
    )


def _first_things(roots: Sequence[Reported]) -> tuple[Advice, ...]:
    """Return advice by risk and then effort: the worst first, of these what is quickly done."""
    made = [advice for item in roots if (advice := advice_of(item)) is not None]
    made.sort(key=lambda one: (_rank(one), _EFFORTS.index(one.effort)))
    return tuple({one.text: one for one in made}.values())[:_TOP]


def _rank(advice: Advice) -> int:
    severities: tuple[str, ...] = SEVERITIES
    return severities.index(advice.risk)


def _coverage(seen: Seen) -> str:
    states = seen.report.coverage
    unknown = states["unknown"]
    seen_part = f"{states['evaluated']} of {count(states['total'], 'check')} were evaluated."
    if not unknown:
        return seen_part
    return (
        f"{seen_part} {count(unknown, 'check')} could not be: what they would find is not in "
        "this report. The chapter on coverage says what each of them needs."
    )


def trend_figure(trends: Trends) -> Figure | None:
    """Return findings over the audits; None before the second one."""
    rows = trends.rows
    if len(rows) < 2:
        return None
    return Figure(
        "trend",
        "Findings over the audits",
        "lines",
        "findings",
        f"Critical findings, warnings and unknown checks in {len(rows)} audits, "
        f"the last with {int(rows['critical'].iloc[-1])} critical findings and "
        f"{int(rows['warning'].iloc[-1])} warnings.",
        {
            "times": [at.isoformat() for at in rows["at"]],
            "series": [
                {"name": name, "values": [int(value) for value in rows[column]]}
                for name, column in (
                    ("critical", "critical"),
                    ("warnings", "warning"),
                    ("unknown checks", "unknown"),
                )
            ],
        },
    )
