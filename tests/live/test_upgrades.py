"""What stands before an upgrade, on brokers of the releases that it is about."""

import json

import pytest
from click.testing import CliRunner

from kdiag.cli import main
from kdiag.collect import Limits, collect
from kdiag.lab import Lab
from kdiag.preflight.upgrade import upgrade_plan
from kdiag.preflight.upgrades import upgrades
from kdiag.registry import load_checks
from kdiag.sections import BrokerConfigs

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

CHECKS = load_checks().checks
SETS_IN_EVERY_RELEASE = {"zookeeper.session.timeout.ms"}
"""Brokers list what their file sets, known or not; the lab sets this one."""


def kdiag(lab, *words):
    return CliRunner().invoke(main, [*map(str, words), "--bootstrap-server", lab.bootstrap])


def upgrade(lab, release, *words):
    result = kdiag(lab, "preflight", "upgrade", release, "--sample-seconds", 0, *words)
    return result.exit_code, result.output


def settings_of(lab):
    snapshot = collect(upgrade_plan(CHECKS), lab.bootstrap, None, Limits(sample_seconds=0))
    return set(snapshot.get(BrokerConfigs).rows["key"])


@pytest.fixture(scope="module")
def on_zookeeper():
    with Lab(1, kafka="3.9.2", metadata="zookeeper", jmx=("jolokia",)) as lab:
        lab.create_topic("old", configs={"message.timestamp.difference.max.ms": "60000"})
        yield lab


@pytest.fixture(scope="module")
def first_without():
    with Lab(1, kafka="4.0.2") as lab:
        lab.create_topic("orders")
        yield lab


def test_a_cluster_on_zookeeper_is_blocked_and_all_reasons_are_read(on_zookeeper):
    jmx = [word for url in on_zookeeper.jmx_urls() for word in ("--jmx", url)]

    code, output = upgrade(on_zookeeper, "4.0", *jmx, "-o", "json")

    assert code == 10, output
    document = json.loads(output)
    statuses = {result["check"]: result["status"] for result in document["results"]}
    assert "unknown" not in statuses.values(), statuses
    assert statuses["zookeeper-in-use"] == "problem"
    assert statuses["deprecated-clients"] == "ok"
    named = {(f["check"], f["subject"].get("topic")) for f in document["findings"]}
    assert ("removed-setting", "old") in named
    assert str(upgrades().as_of) in document["verdict"]["sentence"]


def test_without_jmx_it_is_not_known_who_would_be_refused(on_zookeeper):
    code, output = upgrade(on_zookeeper, "4.0", "-o", "json")

    assert code == 10
    statuses = {r["check"]: r["status"] for r in json.loads(output)["results"]}
    assert statuses["deprecated-clients"] == "unknown"


def test_within_4_the_way_is_free(first_without):
    code, output = upgrade(first_without, "4.4")

    assert code == 0, output
    assert "The cluster can be upgraded to Kafka 4.4" in " ".join(output.split())


def test_no_way_back_and_none_to_what_nobody_knows(first_without):
    for release, said in (
        ("3.9", "the brokers run Kafka 4.0; 3.9 is older, and a downgrade is not judged"),
        ("4.0", "all brokers run Kafka 4.0 already"),
        ("9.9", "knows no upgrade to '9.9'"),
    ):
        code, output = upgrade(first_without, release)
        assert code == 2
        assert said in output
        assert "Traceback" not in output


def test_the_table_names_just_the_settings_that_brokers_lost(on_zookeeper, first_without):
    """DescribeConfigs of both releases against the entries for 4.0."""
    gone = settings_of(on_zookeeper) - settings_of(first_without)
    removed = {
        rule.key
        for rule in upgrades().settings
        if rule.owner == "broker" and rule.kind == "removed" and rule.since == (4, 0)
    }

    assert removed - SETS_IN_EVERY_RELEASE == gone - SETS_IN_EVERY_RELEASE
