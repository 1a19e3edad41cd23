"""Checks of security on one cluster with certificates, users and ACLs: quiet, then broken."""

import asyncio
import time

import pytest

from kdiag.cli.demo import meets
from kdiag.collect import Limits, collect
from kdiag.diagnose import diagnose
from kdiag.errors import ConnectError
from kdiag.lab import Lab
from kdiag.lab.acls import SECURED
from kdiag.lab.fault import heal, inject
from kdiag.lab.faults import FAULTS
from kdiag.lab.lookalikes import LOOKALIKES
from kdiag.lab.plan import Certificate
from kdiag.lab.renewal import show, show_usual
from kdiag.lab.waiting import wait_until
from kdiag.plan import plan
from kdiag.registry import load_checks
from kdiag.sections import Acls, BrokerLoggers, Listeners, ScramUsers
from kdiag.wire.cluster import Wire
from kdiag.wire.settings import read_settings

pytestmark = [pytest.mark.live, pytest.mark.timeout(400)]

CHECKS = [check for check in load_checks().checks if check.area == "security"]
OPEN = "plaintext"
"""The listener that is asked here; `kdiag lab score` comes by others."""

BROKEN = [f for f in FAULTS.values() if f.lab == SECURED and f.connects_by == OPEN]
HEALTHY = [f for f in LOOKALIKES.values() if f.lab == SECURED and f.connects_by == OPEN]
LOUD = {"open-jmx", "auth-failures"}
"""Checks of what the lab does not show: it is asked without JMX."""


@pytest.fixture(scope="module")
def lab():
    with Lab(3, **SECURED) as lab:
        yield lab


def look(lab):
    limits = Limits(sample_seconds=0)
    snapshot = collect(plan(CHECKS), lab.bootstrap, limits=limits)
    return snapshot, diagnose(snapshot, CHECKS, {})


def test_each_section_is_read_and_the_brokers_count_no_failed_login(lab):
    snapshot, _ = look(lab)

    shown = snapshot.get(Listeners).rows.query("protocol == 'SSL'")
    assert shown["trouble"].isna().all()
    assert shown["tls_names"].tolist() == [("localhost", "127.0.0.1")] * 3
    assert shown["tls_names_fit"].all()
    assert set(shown["tls_version"]) == {"TLSv1.3"}
    assert snapshot.get(Acls).is_enforced
    assert snapshot.get(ScramUsers).rows["user"].tolist() == ["client"]
    assert len(snapshot.get(BrokerLoggers)) == 6
    assert not [broker.id for broker in lab.brokers.values() if "ailed auth" in broker.log()]


def test_healthy_look_alikes_are_silent_and_all_checks_see_everything(lab):
    inject(lab, HEALTHY)
    time.sleep(1)

    _, report = look(lab)

    for fault in HEALTHY:
        heal(lab, fault)
    assert {item.check for item in report.findings} == {
        "no-quotas",
        "sasl-plain-unencrypted",
        "weak-scram",
    }
    assert {item.finding.severity for item in report.findings} == {"info"}
    unknown = {result.check for result in report.results if result.status == "unknown"}
    assert unknown == LOUD


@pytest.mark.parametrize(
    ("certificate", "sentence"),
    [
        (Certificate(left_days=-1), "the broker's certificate has expired; put a new one into"),
        (Certificate(age_days=-2), "certificate is not yet valid; compare the clocks of both"),
        (Certificate(hosts=("elsewhere.example",)), "; connect by a name that is in the cert"),
    ],
    ids=("expired", "early", "misnamed"),
)
def test_a_certificate_that_bars_the_way_is_one_sentence(lab, certificate, sentence):
    settings = read_settings(lab.client_properties("ssl"))
    address = lab.bootstrap_of("ssl").split(",")[1]
    said = []

    async def is_barred():
        try:
            async with await Wire.connect(address, settings, 10):
                return False
        except ConnectError as error:
            said.append(str(error))
            return True

    show(lab, 2, certificate)
    try:
        wait_until(lambda: asyncio.run(is_barred()), "the broker shows the certificate", 30)
    finally:
        show_usual(lab, 2)
        wait_until(lambda: not asyncio.run(is_barred()), "it shows the usual one", 30)

    assert said[0].startswith(f"{address}: TLS handshake failed: ")
    assert sentence in said[0]
    assert "\n" not in said[0]


def test_each_fault_is_named_on_its_object(lab):
    inject(lab, BROKEN)
    time.sleep(1)

    _, report = look(lab)

    for fault in BROKEN:
        heal(lab, fault)
    missed = [
        (fault.name, check)
        for fault in BROKEN
        for check, subject in fault.expects
        if not any(i.check == check and i.is_root and meets(i, subject) for i in report.findings)
    ]
    assert missed == []
    assert {item.check for item in report.findings} == {
        check for fault in BROKEN for check, _ in fault.expects
    }
