"""How fast a topic was written to, and how fast before that: its own baseline."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from kdiag.analysis.misdated import misdated_logs
from kdiag.check import derive
from kdiag.sections import EndOffsetHistory, Offsets
from kdiag.snapshot import Table

_LATELY_SECONDS, _APART_RATIO = 60.0, 1.5


class TopicInput(Table):
    """One row a topic with an old backlog, unless it has records that are stamped before Kafka was.

    Times of such records say nothing of when they were written.
    produced_per_second: in the last minute, all partitions. baseline_per_second: the median over
    the spans between the times that were asked for, before that minute, weighing each alike; NaN
    where the topic has no record that old.
    """

    noun = "topics with a backlog"
    columns = {"topic": "str", "produced_per_second": "float", "baseline_per_second": "float"}


@derive()
def topic_input(past: EndOffsetHistory, offsets: Offsets) -> TopicInput:
    """Sum the end offsets of each topic at the times for which all partitions told theirs."""
    logs = offsets.rows.groupby("topic").agg(
        start=("log_start_offset", "sum"), end=("end_offset", "sum"), partitions=("topic", "size")
    )
    now = {topic: tuple(values) for topic, *values in logs.itertuples(name=None)}
    times: dict[str, list[tuple[float, int]]] = {}
    for topic, age, end, told in _summed(past):
        if topic in now:
            points = times.setdefault(topic, [])
            if told == now[topic][2]:
                points.append((age, end))
    misdated = set(misdated_logs(past, offsets)["topic"])
    since = (offsets.read_at - past.read_at).total_seconds()
    return TopicInput.from_rows(
        [
            _row(topic, now[topic], sorted(points), since)
            for topic, points in times.items()
            if topic not in misdated
        ]
    )


def _summed(past: EndOffsetHistory) -> Iterator[tuple[str, float, int, int]]:
    """Yield topic, age, sum of the end offsets, and how many partitions were asked for."""
    import pandas

    numbers, logs = past.numbered("topic", "partition")
    codes, names = pandas.factorize(logs["topic"])
    keys = [codes[numbers], past.rows["age_seconds"]]
    summed = past.rows.groupby(keys)["end_offset"].agg(["sum", "size"]).reset_index()
    topic, *values = (summed[name].tolist() for name in summed)
    yield from zip([names[code] for code in topic], *values, strict=True)


def _row(
    topic: str, now: tuple[int, int, int], points: list[tuple[float, int]], since: float
) -> dict[str, Any]:
    start, end, _ = now
    before = [
        (younger_end - older_end) / (older - younger)
        for (younger, younger_end), (older, older_end) in pairwise(_apart(points))
        if older_end > start
    ]
    latest = [point for point in points if point[0] <= _LATELY_SECONDS]
    age, end_then = latest[-1] if latest else (float("nan"), 0)
    return {
        "topic": topic,
        "produced_per_second": max(0.0, (end - end_then) / (age + since)),
        "baseline_per_second": sorted(before)[len(before) // 2] if before else None,
    }


def _apart(points: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """Leave out the last minute, and points close to another: they are where a search ended."""
    kept: list[tuple[float, int]] = []
    for point in points:
        if point[0] >= (kept[-1][0] * _APART_RATIO if kept else _LATELY_SECONDS):
            kept.append(point)
    return kept
