"""What stands before an upgrade, on hand-made snapshots."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from kdiag.cli import main
from kdiag.errors import UsageError
from kdiag.preflight.upgrade import RULES, Wish, judged, upgrade_plan
from kdiag.preflight.upgrade_rules import OF_TOPICS, Upgrade
from kdiag.preflight.upgrades import upgrades, upgrades_of
from kdiag.registry import load_checks
from kdiag.sections import BrokerConfigs, Cluster, Facts, FactsCoverage, TopicConfigs
from kdiag.snapshot import Missing, Snapshot
from kdiag.sources.saved import save
from tests.tables import (
    NOW,
    broker_configs,
    brokers,
    cluster,
    facts,
    partition_row,
    partitions,
    topic_configs,
    topics,
)

CHECKS = load_checks().checks
OLD = dict.fromkeys(OF_TOPICS)
QUIET = FactsCoverage.from_rows(
    [
        {"target": f"broker {id_}", "fact": fact, "status": "quiet", "reason": None}
        for id_ in (1, 2, 3)
        for fact in ("deprecated-requests", "start-time", "uptime")
    ],
    read_at=NOW,
)
SARAMA = ("deprecated-requests", "Produce", "2", "sarama", "1.20.0")


def settings_of(topic, settings):
    """Return the settings of a topic; what is None was left at its default."""
    table = topic_configs({topic: settings})
    sources = ["default" if value is None else "topic" for value in settings.values()]
    return replace(table, rows=table.rows.assign(source=sources))


def snapshot(
    *sections, version="3.9", mode="kraft", metadata="3.9-IV0", of_topics=None, without=()
):
    """Return a healthy cluster of three brokers; sections take the place of its own."""
    features = {} if mode == "zookeeper" else {"metadata.version": (1, 21, 21)}
    settings = OLD if of_topics is None else of_topics
    base = (
        cluster(mode, version, metadata_version=metadata, features=features),
        brokers(1, 2, 3),
        partitions(partition_row("orders")),
        topics({"topic": "orders"}),
        settings_of("orders", settings),
        broker_configs({id_: {} for id_ in (1, 2, 3)}),
        facts({f"broker {id_}": {"start-time": 1_700_000_000.0} for id_ in (1, 2, 3)}),
        QUIET,
    )
    held = {type(section): section for section in (*base, *sections)}
    held |= {section: Missing("it was not read", "a grant") for section in without}
    return Snapshot(taken_at=NOW, sections=held)


def told(release, *sections, **more):
    return judged(snapshot(*sections, **more), CHECKS, Wish.of(release))


def checks_of(report, severity="critical"):
    return [item.check for item in report.findings if item.finding.severity == severity]


def finding(report, check):
    [item] = [item for item in report.findings if item.check == check]
    return item.finding


def test_a_healthy_cluster_can_be_upgraded_and_the_day_of_the_table_is_told():
    report = told("4.0")

    assert report.verdict.status == "healthy"
    assert report.verdict.sentence.startswith("The cluster can be upgraded to Kafka 4.0")
    assert str(upgrades().as_of) in report.verdict.sentence
    assert checks_of(report, "critical") == checks_of(report, "warning") == []


def test_zookeeper_blocks_what_has_none_and_not_the_bridge_release():
    blocked = told("4.0", version="3.9", mode="zookeeper", metadata=None)
    bridge = told("3.9", version="3.6", mode="zookeeper", metadata=None)
    half_way = told("4.0", version="3.9", mode="migrating")

    assert blocked.verdict.status == "critical"
    assert checks_of(blocked) == checks_of(half_way) == ["zookeeper-in-use"]
    assert "has not finished its migration" in half_way.verdict.sentence
    assert bridge.verdict.status == "healthy"


@pytest.mark.parametrize(
    ("version", "metadata", "blocked"),
    [
        ("3.2", "3.2-IV0", ["metadata-version-behind", "upgrade-path"]),
        ("3.3", "3.3-IV3", []),
        ("3.9", "3.2-IV0", ["metadata-version-behind"]),
        ("3.9", "3.3-IV3", []),
        ("2.3 or older", None, ["upgrade-path", "zookeeper-in-use"]),
    ],
)
def test_too_old_a_release_or_metadata_version_blocks(version, metadata, blocked):
    mode = "kraft" if metadata else "zookeeper"

    report = told("4.4", version=version, metadata=metadata, mode=mode)

    assert sorted(checks_of(report)) == blocked


def test_an_upgrade_that_was_never_finalized_is_said_and_blocks_nothing():
    report = told("4.0", metadata="3.6-IV2")

    assert report.verdict.status == "healthy"
    assert finding(report, "metadata-version-behind").severity == "info"


def test_what_is_set_and_gone_is_named_with_what_takes_its_place():
    settings = {1: {"offsets.commit.required.acks": "-1", "delegation.token.master.key": None}}

    report = told("4.0", broker_configs(settings))

    said = finding(report, "removed-setting")
    assert said.subject.as_dict() == {"type": "broker", "id": 1}
    assert set(said.evidence["settings"]) == set(settings[1])
    assert report.verdict.status == "degraded"


def test_defaults_and_settings_of_another_kind_are_not_named():
    default = broker_configs({1: {"offsets.commit.required.acks": "-1"}})
    default = replace(default, rows=default.rows.assign(source="default"))

    assert checks_of(told("4.0", default), "warning") == []
    own = broker_configs({1: {"num.io.threads": "8"}})
    assert checks_of(told("4.0", own), "warning") == []


def test_what_was_gone_before_is_no_news():
    settings = broker_configs({1: {"offsets.commit.required.acks": "-1"}})

    report = told("4.4", settings, version="4.0", metadata="4.0-IV3")

    assert checks_of(report, "warning") == []


def test_what_is_to_go_next_is_information():
    settings = broker_configs({1: {"log.cleaner.enable": "true"}})

    assert finding(told("4.1", settings), "removed-setting").severity == "info"


def test_a_value_that_is_refused_blocks():
    on_broker = told("4.0", broker_configs({1: {"log.segment.bytes": "1000000"}}))
    on_topic = told("4.0", of_topics=OLD | {"segment.bytes": "14"})
    enough = told("4.0", of_topics=OLD | {"segment.bytes": "1048576"})

    assert checks_of(on_broker) == checks_of(on_topic) == ["refused-setting"]
    assert finding(on_topic, "refused-setting").confidence == "likely"
    assert "Topic orders sets segment.bytes=14" in on_topic.verdict.sentence
    assert enough.verdict.status == "healthy"


def test_an_own_format_of_messages_is_named():
    report = told("4.0", of_topics=OLD | {"segment.bytes": None, "message.format.version": "0.10"})

    assert finding(report, "removed-setting").subject.as_dict()["topic"] == "orders"


def test_clients_that_would_be_refused_block_until_they_are_known_to_be_gone():
    now = facts({"broker 1": {"start-time": 1_700_000_000.0, SARAMA: 12}})

    crossing = told("4.0", now)
    within = told("4.4", now, version="4.0", metadata="4.0-IV3")

    assert checks_of(crossing) == ["deprecated-clients"]
    assert within.verdict.status == "healthy"


@pytest.mark.parametrize(
    ("without", "unknown"),
    [
        (Facts, {"deprecated-clients"}),
        (BrokerConfigs, {"removed-setting", "refused-setting"}),
        (TopicConfigs, {"removed-setting", "refused-setting"}),
    ],
)
def test_what_could_not_be_read_is_never_fine(without, unknown):
    report = told("4.0", without=(without,))

    assert report.verdict.status == "unknown"
    assert {r.check for r in report.results if r.status == "unknown"} >= unknown
    assert report.is_incomplete


def test_settings_of_topics_that_were_not_asked_for_are_unknown():
    """As in a snapshot that was saved for doctor, which has no use for them."""
    report = told("4.0", of_topics={"segment.bytes": "1073741824"})

    assert report.verdict.status == "unknown"
    [said] = {r.reason for r in report.results if r.check == "removed-setting"}
    assert "message.format.version" in said


def test_a_metadata_version_that_is_not_told_is_unknown():
    report = told("4.0", metadata=None)

    assert report.verdict.status == "unknown"
    assert "metadata-version-behind" in report.verdict.sentence


def test_without_a_release_nothing_is_known():
    assert told("4.0", version=None).verdict.status == "unknown"
    absent = {Cluster: Missing("timed out")}
    held = snapshot()
    held = replace(held, sections={**held.sections, **absent})
    assert judged(held, CHECKS, Wish.of("4.0")).verdict.status == "unknown"


def test_remarks_are_those_of_the_releases_on_the_way():
    whole = finding(told("4.4"), "upgrade-remarks")
    short = finding(told("4.4", version="4.3", metadata="4.3-IV0"), "upgrade-remarks")

    assert any("Java 17" in action.text for action in whole.actions)
    assert not any("Java 17" in action.text for action in short.actions)
    assert len(whole.actions) > len(short.actions) > 0


@pytest.mark.parametrize(
    ("release", "version", "said"),
    [
        ("3.9", "4.4", "the brokers run Kafka 4.4; 3.9 is older, and a downgrade is not judged"),
        ("4.0.2", "4.0", "all brokers run Kafka 4.0 already"),
    ],
)
def test_no_way_down_and_none_within_a_release(release, version, said):
    with pytest.raises(UsageError, match=said):
        told(release, version=version, metadata=f"{version}-IV0")


@pytest.mark.parametrize("release", ["5.0", "3.8", "four", "", "4", "4.0-IV3", "4.0; reboot"])
def test_a_release_that_is_not_in_the_table_is_one_sentence(release):
    with pytest.raises(UsageError, match=r"knows no upgrade to .*; it knows 3\.9, 4\.0"):
        Wish.of(release)


def test_every_entry_of_the_table_has_a_source_and_a_known_release():
    table = upgrades()

    targets = set(table.targets)
    for entry in (*table.settings, *table.remarks):
        assert entry.source.startswith(("https://kafka.apache.org/", "KIP-", "KAFKA-"))
        assert entry.since in targets
    assert all(rule.instead for rule in table.settings if rule.kind != "least")
    assert len({rule.key for rule in table.settings}) == len(table.settings)
    assert {rule.key for rule in table.settings if rule.owner == "topic"} == set(OF_TOPICS)


def test_an_entry_of_another_shape_is_refused():
    entry = {"keys": ["x"], "on": "nobody", "since": "4.0", "kind": "removed", "source": "KIP-1"}
    document = {"as_of": NOW.date(), "source": "", "target": [], "setting": [entry], "remark": []}

    with pytest.raises(ValueError, match="x: no kind removed, or nobody nobody"):
        upgrades_of(document)


def test_the_plan_asks_for_what_the_rules_read():
    wanted = upgrade_plan(CHECKS)

    assert Upgrade not in wanted.sections
    assert {BrokerConfigs, TopicConfigs, Facts} <= wanted.sections
    assert set(OF_TOPICS) <= set(wanted.topic_configs)
    assert len(RULES) == 6


@pytest.mark.parametrize(
    ("release", "more", "code", "said"),
    [
        ("4.0", {}, 0, "The cluster can be upgraded to Kafka 4.0"),
        ("4.0", {"metadata": "3.2-IV0"}, 10, "Do not upgrade to Kafka 4.0 now"),
        ("4.0", {"without": (Facts,)}, 4, "is not known: see deprecated-clients"),
        ("3.9", {}, 2, "all brokers run Kafka 3.9 already"),
        ("5.0", {}, 2, "knows no upgrade to '5.0'"),
    ],
)
def test_the_command_ends_as_the_other_preflights_do(tmp_path, release, more, code, said):
    file = tmp_path / "snapshot.json"
    save(snapshot(**more), file)

    result = CliRunner().invoke(main, ["preflight", "upgrade", release, "--from", str(file)])

    assert result.exit_code == code, result.output
    assert said in " ".join(result.output.split())
