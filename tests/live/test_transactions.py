"""Transactions on real brokers: what is read is true, faults are named, look-alikes are not."""

import shlex
import time
from collections.abc import Iterator

import pytest

from kdiag.cli.demo import meets
from kdiag.collect import Limits, collect
from kdiag.diagnose import diagnose
from kdiag.lab import FAULTS, LOOKALIKES, Lab, inject
from kdiag.lab.fault import heal, is_injected
from kdiag.lab.waiting import wait_until
from kdiag.plan import plan
from kdiag.registry import load_checks
from kdiag.sections import (
    BrokerConfigs,
    Commits,
    Offsets,
    Producers,
    TransactionHistory,
    Transactions,
)

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]

IDS = (
    "open-transaction-pins-lso",
    "hanging-transaction",
    "reader-blocked-by-transaction",
    "fenced-producers",
    "transaction-log-unavailable",
)
CHECKS = [check for check in load_checks().checks if check.id in IDS]
MADE = [
    FAULTS["open-transaction"],
    FAULTS["hanging-transaction"],
    FAULTS["duplicate-transactional-id"],
]
HEALTHY = [
    LOOKALIKES["busy-transactions"],
    LOOKALIKES["transaction-markers"],
    LOOKALIKES["aborted-transactions"],
]
TUNABLES = {check: values for fault in MADE for check, values in fault.tunables.items()}


def snapshot_of(lab, **limits):
    return collect(plan(CHECKS), lab.bootstrap, limits=Limits(**limits))


def diagnosis(lab, **limits):
    return diagnose(snapshot_of(lab, **limits), CHECKS, TUNABLES)


def found(report, check):
    """Return the findings of a check, each of the merged ones for itself."""
    return [
        one
        for item in report.findings
        if item.check == check
        for one in (item.objects or [{"subject": item.finding.subject.as_dict()}])
    ]


@pytest.fixture(scope="module")
def lab(lab3: Lab) -> Iterator[Lab]:
    try:
        time.sleep(inject(lab3, [*MADE, *HEALTHY]))
        yield lab3
    finally:
        for fault in [*MADE, *HEALTHY]:
            if is_injected(lab3, fault):
                heal(lab3, fault)


def test_what_is_read_is_true(lab):
    before = time.time()
    snapshot = snapshot_of(lab)

    for section in (Transactions, Producers, TransactionHistory, Offsets):
        assert not snapshot.get(section).errors, section
    [row] = (
        snapshot.get(Transactions).rows.query("transactional_id == 'booking-writer'").itertuples()
    )
    assert (row.state, row.timeout_seconds, row.partitions) == (
        "Ongoing",
        900,
        (("bookings", 0),),
    )
    assert 15 < before - row.started_at.timestamp() < 300
    [held] = snapshot.get(Offsets).rows.query("topic == 'bookings'").itertuples()
    owner = snapshot.get(Producers).rows.query("topic == 'bookings' and open_since_offset >= 0")
    [producer] = owner.itertuples()
    assert producer.open_since_offset == held.last_stable_offset < held.end_offset
    assert (producer.producer_id, producer.producer_epoch) == (row.producer_id, row.producer_epoch)
    [commit] = snapshot.get(Commits).rows.query("group == 'statements'").itertuples()
    assert held.last_stable_offset - commit.committed_offset == 1  # the marker before it
    listed = snapshot.get(Transactions).rows.set_index("transactional_id")["state"]
    assert listed["invoice-writer"] == "CompleteCommit"
    states = snapshot.get(TransactionHistory).rows.groupby("transactional_id")["state"].agg(set)
    assert states["trade-writer"] >= {"Empty", "Ongoing", "PrepareCommit", "CompleteCommit"}
    assert states["quote-writer"] >= {"PrepareAbort", "CompleteAbort"}


def test_every_fault_is_named_and_nothing_else_is(lab):
    report = diagnosis(lab, sample_seconds=6)

    for fault in MADE:
        for check, subject in fault.expects:
            assert any(item.check == check and meets(item, subject) for item in report.findings)
    assert len(found(report, "open-transaction-pins-lso")) == 1
    assert len(found(report, "hanging-transaction")) == 1
    assert len(found(report, "reader-blocked-by-transaction")) == 2
    assert len(found(report, "fenced-producers")) == 1
    roots = {item.fingerprint: item.check for item in report.findings}
    blocked = [i for i in report.findings if i.check == "reader-blocked-by-transaction"]
    assert {roots.get(item.explained_by) for item in blocked} == {
        "open-transaction-pins-lso",
        "hanging-transaction",
    }
    [log] = [each for each in report.results if each.check == "transaction-log-unavailable"]
    assert log.status == "ok"


def test_without_the_grant_to_see_ids_a_hanging_transaction_is_not_guessed(lab):
    """What a principal without Describe on TransactionalId is told: an empty list, no error."""
    snapshot = snapshot_of(lab, sample_seconds=6)
    for sample in (snapshot, snapshot.earlier):
        sample.sections[Transactions] = Transactions.of(read_at=sample.get(Transactions).read_at)
    rows = snapshot.get(BrokerConfigs).rows
    rows.loc[rows["key"] == "authorizer.class.name", "value"] = "StandardAuthorizer"

    results = {each.check: each for each in diagnose(snapshot, CHECKS, TUNABLES).results}

    assert results["hanging-transaction"].status == "unknown"
    assert results["hanging-transaction"].needs == "Describe on TransactionalId *"


def test_the_advice_releases_the_readers(lab):
    """The commands of the findings, as printed, end both transactions; the groups go on."""
    report = diagnosis(lab, sample_seconds=6)
    for item in report.findings:
        if item.check in ("open-transaction-pins-lso", "hanging-transaction"):
            [action] = [a for a in item.finding.actions if a.command and _ends(a.command)]
            words = shlex.split(action.command.format(bootstrap=lab.bootstrap))
            lab.tool("org.apache.kafka.tools.TransactionsCommand", *words[1:])

    for group, topic in (("statements", "bookings"), ("tax-reports", "invoices")):
        at = lab.committed(group, topic)
        wait_until(lambda g=group, t=topic, a=at: lab.committed(g, t) > a + 20, f"{group} goes on")
    after = diagnosis(lab, sample_seconds=6)
    assert {item.check for item in after.findings} == {"fenced-producers"}


def _ends(command):
    return " abort " in command or "forceTerminateTransaction" in command


def test_a_transaction_log_below_its_min_isr_is_named(fresh_lab):
    fault = FAULTS["transaction-log-below-min-isr"]
    lab = fresh_lab(**fault.lab)
    time.sleep(inject(lab, [fault]))

    report = diagnosis(lab)

    check, subject = fault.expects[-1]  # the first one is the broker that was killed
    assert any(item.check == check and meets(item, subject) for item in report.findings)
    assert report.verdict.status == "critical"


def test_nothing_applies_where_nobody_uses_transactions(fresh_lab):
    lab = fresh_lab(1)

    report = diagnosis(lab)

    assert {each.check: each.status for each in report.results} == dict.fromkeys(
        IDS, "not_applicable"
    )
