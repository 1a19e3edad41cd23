"""Faults of all areas are named with their objects on one cluster; healthy look-alikes are not.

`make zoo` does the same with every fault and look-alike of the lab, a few in each cluster.
"""

import time

import pytest

from kdiag.cli.demo import meets
from kdiag.collect import collect
from kdiag.diagnose import diagnose
from kdiag.lab.fault import inject
from kdiag.lab.faults import FAULTS
from kdiag.lab.lookalikes import LOOKALIKES
from kdiag.plan import plan
from kdiag.registry import load_checks

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]

CHECKS = load_checks().checks
FAULTY = (
    "consumer-blocked",
    "disk-nearly-full",
    "group-dead",
    "min-isr-equals-rf",
    "oversized-topic",
    "rf1-topic",
    "slow-consumer",
    "unclean-election-enabled",
)
HEALTHY = ("finished-job", "fresh-group", "idle-group", "rolling-restart")

BACKLOG_SECONDS = 40
"""Lag verdicts want unread records of 30 s, so that the rhythm of commits cannot explain them."""


def diagnosis(lab):
    snapshot = collect(plan(CHECKS), lab.bootstrap)
    return diagnose(snapshot, CHECKS, {})


def serious(report):
    return {i.check for i in report.findings if i.finding.severity != "info"}


def unnamed(report, faults):
    return [
        (fault.name, check, dict(subject))
        for fault in faults
        for check, subject in fault.expects
        if not any(item.check == check and meets(item, subject) for item in report.findings)
    ]


def test_faults_are_named_and_the_killed_broker_folds_its_symptoms(fresh_lab):
    lab = fresh_lab(
        3,
        racks=("r1", "r2", "r3"),
        small_disks={2: 1},
        properties={"min.insync.replicas": "2"},
    )
    killed = FAULTS["broker-killed"]
    others = [FAULTS[name] for name in FAULTY]
    inject(lab, others)
    time.sleep(BACKLOG_SECONDS)

    assert unnamed(diagnosis(lab), others) == []

    inject(lab, [killed])
    time.sleep(killed.settle_seconds)
    report = diagnosis(lab)

    assert unnamed(report, [killed]) == []
    [root] = [item for item in report.findings if item.check == "broker-down"]
    symptoms = [i for i in report.findings if i.check in ("under-replicated", "voter-lagging")]
    assert {item.explained_by for item in symptoms} == {root.fingerprint}
    assert sum(item.object_count for item in symptoms) > 20
    assert report.verdict.status == "critical"


def test_look_alikes_are_silent(fresh_lab):
    lab = fresh_lab(3, racks=("r1", "r2", "r3"), properties={"min.insync.replicas": "2"})
    time.sleep(inject(lab, [LOOKALIKES[name] for name in HEALTHY]))

    report = diagnosis(lab)

    assert serious(report) == set()
