"""Faults that are there at once, by settings and placement: each is named, on clusters of its kind.

What takes load and time is tried by `make zoo`.
"""

import os
from pathlib import Path

import pytest

from kdiag.cli.scoring import score
from kdiag.collect import Limits, collect
from kdiag.diagnose import diagnose
from kdiag.finding import broker
from kdiag.lab import FAULTS, Lab
from kdiag.lab.careless import CARELESS
from kdiag.plan import plan
from kdiag.registry import load_checks
from kdiag.sections import Quorum
from kdiag.sources.jmx import Access

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

BY_TOPIC = (
    "compaction-held",
    "leaders-move",
    "min-isr-one",
    "misnamed-topic",
    "mixed-replication",
    "reassignment-throttled",
    "segment-below-message",
)
BY_CLUSTER = tuple(fault.name for fault in FAULTS.values() if fault.lab == CARELESS)
_NETWORK = Path("/proc/thread-self/ns/net")
[CLOCKS] = load_checks().select(["clock-skew"], [])


@pytest.mark.parametrize("names", [BY_TOPIC, BY_CLUSTER], ids=["by-topic", "by-cluster"])
def test_each_is_named_on_its_object_and_as_the_root(names):
    scored = list(score(names, print))

    assert [one for one in scored if not one.is_right] == []
    assert {one.name for one in scored} == set(names)


@pytest.mark.skipif(os.geteuid() != 0, reason="a network apart needs root")
def test_brokers_in_a_network_apart_are_open_and_who_started_them_comes_back():
    before = _NETWORK.readlink()

    [scored] = score(["open-brokers"], print)

    assert scored.is_right
    assert _NETWORK.readlink() == before


def test_a_clock_that_is_ahead_is_seen_by_jmx_and_of_the_controller_without():
    with Lab(2, controllers=1, clocks_ahead={2: 120}, jmx=("jolokia",)) as lab:
        access = Access(urls=lab.jmx_urls())
        limits = Limits(timeout_seconds=60, request_timeout_seconds=20, sample_seconds=0)
        snapshot = collect(plan([CLOCKS]), lab.bootstrap, limits=limits, access=access)
        report = diagnose(snapshot, [CLOCKS], {})
        alone = diagnose(collect(plan([CLOCKS]), lab.bootstrap, limits=limits), [CLOCKS], {})

    quorum = snapshot.get(Quorum)
    assert quorum.ahead_least_seconds <= 0.5
    assert quorum.ahead_most_seconds >= -0.5
    [found] = report.findings
    assert found.finding.subject == broker(2)
    assert 110 < found.finding.evidence["ahead_seconds"] <= 120.5
    [result] = alone.results
    assert (result.status, result.needs) == ("unknown", "--jmx")
