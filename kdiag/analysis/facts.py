"""JMX facts as tables for checks: values as they are, and what counters did between two samples."""

from typing import Any

from kdiag.check import Earlier, derive
from kdiag.facts import FACTS
from kdiag.finding import Subject, broker
from kdiag.sections import Facts
from kdiag.snapshot import Missing, Table

_ID = ["target", "fact", "labels"]
_START, _UPTIME = "start-time", "uptime"
_ANEW = Missing("its counters began anew between the two samples")
_SAME_SECONDS = 2.0  # a clock that is set moves the start time a little


class FactDeltas(Table):
    """One row a target, counter and labels: what it did between the two samples.

    Of processes that did not restart in between. delta: how much it grew, in the unit of the fact;
    a counter that was not there before grew from 0. seconds: between the samples, by the uptime of
    the process where that is told. per_second: the ratio. value: the counter now.
    """

    noun = "JMX counters"
    columns = {
        "target": "str",
        "fact": "str",
        "labels": "object",
        "delta": "float",
        "seconds": "float",
        "per_second": "float",
        "value": "float",
    }


@derive(facts=(_START,))
def fact_deltas(facts: Facts, before: Earlier[Facts] | None) -> FactDeltas | Missing:
    """Subtract the counters of two samples; a process that restarted has none."""
    if before is None:
        return Missing("only one sample was taken", "--sample-seconds")
    counters = {name for name, fact in FACTS.items() if fact.kind == "counter"}
    steady = _steady(before, facts)
    rows = facts.rows[facts.rows["fact"].isin(counters) & facts.rows["target"].isin(steady)]
    then = before.rows[[*_ID, "value"]].rename(columns={"value": "then"})
    rows = rows[[*_ID, "value"]].merge(then, how="left", on=_ID)
    seconds = rows["target"].map(_seconds(before, facts))
    delta = rows["value"] - rows["then"].fillna(0.0)
    rows = rows.assign(delta=delta, seconds=seconds, per_second=delta / seconds)
    anew = {
        target: before.errors.get(target, _ANEW) for target in set(facts.rows["target"]) - steady
    }
    return FactDeltas(rows=rows[list(FactDeltas.columns)], errors={**anew, **facts.errors})


def _steady(before: Facts, now: Facts) -> set[str]:
    """Return the targets that both samples saw, in one life."""
    then, since = _by_target(before, _START), _by_target(now, _START)
    common = set(before.rows["target"]) & set(now.rows["target"])
    return {
        target
        for target in common
        if abs(since.get(target, 0.0) - then.get(target, 0.0)) <= _SAME_SECONDS
    }


def _seconds(before: Facts, now: Facts) -> dict[str, float]:
    """Return target → seconds between its two answers."""
    between = (now.read_at - before.read_at).total_seconds()
    then, since = _by_target(before, _UPTIME), _by_target(now, _UPTIME)
    return {
        target: since[target] - then[target] if target in since and target in then else between
        for target in set(now.rows["target"])
    }


def _by_target(facts: Facts, fact: str) -> dict[str, float]:
    rows = facts.only("fact", fact)
    return dict(zip(rows["target"], rows["value"], strict=True))


def rows_of(table: Facts | FactDeltas, fact: str) -> Any:
    """Return the rows of one fact, with a column for each of its labels, None where it has none."""
    rows = table.only("fact", fact).reset_index(drop=True)
    names = FACTS[fact].labels
    for at, name in enumerate(names):
        rows[name] = rows["labels"].map(lambda labels, at=at: labels[at]).astype("object")
    return rows.drop(columns=["labels", "fact"])


def value_by_target(facts: Facts, fact: str) -> dict[str, float]:
    """Return target → value of a fact without labels."""
    return _by_target(facts, fact)


def subject_of(target: str) -> Subject:
    """Return the broker, or worker, that a target is; a controller is a broker by its id."""
    kind, _, id_ = target.partition(" ")
    return Subject.of("worker", url=id_) if kind == "worker" else broker(int(id_))
