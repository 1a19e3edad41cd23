import pytest

from kdiag.finding import CLUSTER, topic
from kdiag.sections import RecordSamples, TopicConfigs
from kdiag.snapshot import Missing
from tests.tables import (
    brokers,
    commits,
    expectations,
    record_samples,
    topic_configs,
    topics,
)

ID = "profile-not-met"
DAY_MS = 86_400_000
SETTINGS = {
    "min.insync.replicas": "2",
    "compression.type": "lz4",
    "cleanup.policy": "delete",
    "retention.ms": str(7 * DAY_MS),
}
TIERED = {"remote.storage.enable": "true", "local.retention.ms": str(7 * DAY_MS)}
PROFILE = """
[[topics]]
name = "^orders$"
partitions = 12
replication_factor = 3
min_insync_replicas = 2
compression = "lz4"
hot_retention_days = 7
"""
COLD = '[[topics]]\nname = "orders"\ncold_retention_days = 365\ncold_sink = "^connect-"'


def scene(profile=PROFILE, *, name="orders", row=None, more=(), nodes=3, **settings):
    table = topics({"topic": name, "partition_count": 12, **(row or {})})
    held = SETTINGS | {key.replace("_", "."): value for key, value in settings.items()}
    return [
        expectations(profile, table, *more),
        table,
        topic_configs({name: held}),
        brokers(*range(1, nodes + 1)),
        *more,
    ]


def test_is_silent_where_all_is_met(judge):
    assert judge(ID, *scene()).status == "ok"


def test_more_than_is_wanted_is_no_fault(judge):
    rich = scene(row={"partition_count": 24}, retention_ms="-1", min_insync_replicas="3")

    assert judge(ID, *rich).status == "ok"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"row": {"partition_count": 3}}, "partitions 3, wanted 12"),
        ({"row": {"replication_factor_min": 2}}, "replicas 2, wanted 3"),
        ({"min_insync_replicas": "1"}, "min.insync.replicas 1, wanted 2"),
        ({"compression_type": "gzip"}, "compression gzip, wanted lz4"),
        ({"retention_ms": str(DAY_MS)}, "retention in the brokers 1 d, wanted 7 d"),
    ],
)
def test_names_what_there_is_and_what_is_wanted(judge, changed, said):
    [finding] = judge(ID, *scene(**changed)).findings

    assert finding.subject == topic("orders")
    assert finding.severity == "warning"
    assert finding.symptom == f"Topic orders does not meet its profile: {said}."


def test_one_finding_a_topic_with_all_that_differs(judge):
    poor = scene(row={"partition_count": 1}, compression_type="uncompressed")

    [finding] = judge(ID, *poor).findings

    assert finding.evidence["partitions_found"] == "1"
    assert finding.evidence["compression_found"] == "uncompressed"
    assert "compression.type=lz4" in finding.actions[0].command


def test_the_limit_is_raised_only_once_there_are_the_copies_for_it(judge):
    poor = scene(row={"replication_factor_min": 2}, min_insync_replicas="1")

    [finding] = judge(ID, *poor).findings

    assert all("min.insync.replicas" not in (each.command or "") for each in finding.actions)
    assert any("and not before, set min.insync.replicas=2" in each.text for each in finding.actions)


def test_one_broker_has_no_place_for_copies(judge):
    poor = scene(row={"replication_factor_min": 1}, min_insync_replicas="1", nodes=1)

    [finding] = judge(ID, *poor).findings

    assert finding.severity == "info"
    assert finding.cause.startswith("This is a cluster of one broker")


def test_what_one_broker_could_have_stays_a_warning(judge):
    poor = scene(row={"replication_factor_min": 1, "partition_count": 1}, nodes=1)

    [finding] = judge(ID, *poor).findings

    assert finding.severity == "warning"


def test_writers_that_choose_the_codec_are_unknown_until_a_record_was_looked_at(judge):
    free = scene(compression_type="producer")
    not_read = {RecordSamples: Missing("no record was looked at", "--sample-records")}

    result = judge(ID, *free, absent=not_read)

    assert result.status == "unknown"
    assert result.needs == "--sample-records"


@pytest.mark.parametrize(("codec", "status"), [("lz4", "ok"), ("none", "problem")])
def test_the_newest_record_tells_what_writers_chose(judge, codec, status):
    sample = record_samples(
        {"topic": "orders", "partition": 0, "offset": 4, "asked_for": "newest", "codec": codec}
    )

    assert judge(ID, *scene(compression_type="producer"), sample).status == status


def test_any_codec_will_do_where_the_profile_says_so(judge):
    profile = '[[topics]]\nname = "orders"\ncompression = "any"'

    assert judge(ID, *scene(profile, compression_type="zstd")).status == "ok"
    assert judge(ID, *scene(profile, compression_type="uncompressed")).status == "problem"


def test_a_topic_that_is_only_compacted_keeps_every_key(judge):
    assert judge(ID, *scene(retention_ms="1", cleanup_policy="compact")).status == "ok"


def test_tiered_storage_keeps_hot_by_one_setting_and_cold_by_another(judge):
    both = f"{PROFILE}cold_retention_days = 365\n"
    year = scene(both, retention_ms=str(365 * DAY_MS), **named(TIERED))
    short = scene(both, retention_ms=str(30 * DAY_MS), **named(TIERED))
    cool = scene(
        both, retention_ms=str(365 * DAY_MS), **named(TIERED | {"local.retention.ms": "9"})
    )

    assert judge(ID, *year).status == "ok"
    [finding] = judge(ID, *short).findings
    assert finding.evidence["cold_retention_seconds_found"] == str(30 * 86_400)
    [finding] = judge(ID, *cool).findings
    assert "hot_retention_seconds_found" in finding.evidence


def named(settings):
    return {key.replace(".", "_"): value for key, value in settings.items()}


def test_a_sink_that_reads_the_topic_keeps_it_cold(judge):
    read = [commits({("connect-s3", "orders", 0): 5, ("app", "orders", 0): 5})]
    not_read = [commits({("app", "orders", 0): 5})]

    assert judge(ID, *scene(COLD, more=read)).status == "ok"
    [finding] = judge(ID, *scene(COLD, more=not_read)).findings
    assert finding.evidence["cold_retention_seconds_found"].startswith("no tiered storage")


def test_one_of_the_dead_letter_topics_is_enough(judge):
    profile = '[[topics]]\nname = "^orders$"\ndead_letter = ["{topic}.dlq", "dlq.{topic}"]'
    alone = topics({"topic": "orders"})
    beside = topics({"topic": "orders"}, {"topic": "dlq.orders"})
    settings = topic_configs({"orders": SETTINGS, "dlq.orders": SETTINGS})

    ok = judge(ID, expectations(profile, beside), beside, settings)
    [finding] = judge(ID, expectations(profile, alone), alone, settings).findings

    assert ok.status == "ok"
    assert "dead-letter topic none of them exists, wanted one of" in finding.symptom


def test_a_topic_that_does_not_exist_is_said_of_the_cluster(judge):
    [finding] = judge(ID, *scene(name="invoices")).findings

    assert finding.subject == CLUSTER
    assert finding.evidence["patterns"] == ["^orders$"]


def test_does_not_apply_without_a_profile(judge):
    result = judge(ID, *scene()[1:])

    assert result.status == "not_applicable"
    assert result.reason == "no profile was given (--profile)"


def test_is_unknown_where_settings_were_not_read(judge):
    wanted, table, *_ = scene()
    absent = {TopicConfigs: Missing("denied", "DescribeConfigs on Topic")}

    assert judge(ID, wanted, table, absent=absent).status == "unknown"
    part = topic_configs({"orders": {"retention.ms": "1"}})
    assert judge(ID, wanted, table, part, brokers(1, 2, 3)).findings
