from kdiag.finding import topic
from kdiag.sections import TopicConfigs
from kdiag.snapshot import Missing
from tests.tables import ago, offsets, topic_configs, topics

FOR_EVER = {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete"}
A_WEEK = FOR_EVER | {"retention.ms": "604800000"}


def sampled(before, now):
    """Return what judge takes for two samples of one partition of orders."""
    then = offsets({("orders", 0): before}, at=ago(5))
    return offsets({("orders", 0): now}), {"earlier": [then]}


def test_warns_where_an_unbounded_topic_grows(judge):
    now, samples = sampled(100, 160)

    result = judge(
        "retention-unbounded",
        topics({"topic": "orders"}),
        topic_configs({"orders": FOR_EVER}),
        now,
        **samples,
    )

    [finding] = result.findings
    assert finding.subject == topic("orders")
    assert finding.severity == "warning"
    assert finding.confidence == "certain"
    assert finding.evidence["added_records"] == 60
    assert "retention.ms=604800000" in finding.actions[0].command


def test_an_empty_cleanup_policy_keeps_everything_whatever_the_limits_say(judge):
    configs = topic_configs({"orders": A_WEEK | {"cleanup.policy": ""}})

    [finding] = judge("retention-unbounded", topics({"topic": "orders"}), configs).findings

    assert "cleanup.policy is empty" in finding.symptom
    assert "cleanup.policy=delete" in finding.actions[0].command


def test_is_only_a_note_where_growth_was_not_seen(judge):
    """Without a second sample nobody knows whether it grows."""
    configs = topic_configs({"orders": FOR_EVER})

    [finding] = judge("retention-unbounded", topics({"topic": "orders"}), configs).findings

    assert (finding.severity, finding.confidence) == ("info", "likely")
    assert finding.evidence["added_records"] is None


def test_is_only_a_note_where_it_did_not_grow(judge):
    now, samples = sampled(100, 100)
    configs = topic_configs({"orders": FOR_EVER})

    result = judge("retention-unbounded", topics({"topic": "orders"}), configs, now, **samples)

    [finding] = result.findings
    assert (finding.severity, finding.confidence) == ("info", "possible")


def test_is_silent_with_either_limit(judge):
    configs = topic_configs({"orders": A_WEEK, "clicks": FOR_EVER | {"retention.bytes": "1"}})

    table = topics({"topic": "orders"}, {"topic": "clicks"})

    assert judge("retention-unbounded", table, configs).status == "ok"


def test_compacted_topics_are_bounded_by_their_keys(judge):
    configs = topic_configs({"users": FOR_EVER | {"cleanup.policy": "compact"}})

    assert judge("retention-unbounded", topics({"topic": "users"}), configs).status == "ok"


def test_a_declared_archive_may_keep_everything(judge):
    now, samples = sampled(100, 160)
    table = topics({"topic": "orders.archive"}, {"topic": "ledger"})
    configs = topic_configs({"orders.archive": FOR_EVER, "ledger": FOR_EVER})

    result = judge(
        "retention-unbounded", table, configs, now, archive_topics_regex="archive|ledger", **samples
    )

    assert result.status == "ok"


def test_internal_topics_are_their_owners_business(judge):
    table = topics({"topic": "__remote_log_metadata"}, {"topic": "state", "is_internal": True})
    configs = topic_configs({"__remote_log_metadata": FOR_EVER, "state": FOR_EVER})

    assert judge("retention-unbounded", table, configs).status == "ok"


def test_is_unknown_where_a_limit_of_a_topic_was_not_read(judge):
    configs = topic_configs(
        {"orders": A_WEEK, "secret": {"cleanup.policy": "delete", "retention.ms": "-1"}}
    )

    result = judge("retention-unbounded", topics({"topic": "orders"}), configs)

    assert result.status == "unknown"
    assert "retention.bytes" in result.reason


def test_is_unknown_without_the_settings(judge):
    absent = {TopicConfigs: Missing("not authorised", "DescribeConfigs on Topic orders")}

    result = judge("retention-unbounded", topics({"topic": "orders"}), absent=absent)

    assert result.status == "unknown"
    assert result.needs == "DescribeConfigs on Topic orders"


def test_the_journal_of_a_registry_must_keep_everything(judge):
    now, samples = sampled(100, 160)
    stores = topics({"topic": "kafkasql-journal"})

    result = judge(
        "retention-unbounded", stores, topic_configs({"kafkasql-journal": FOR_EVER}), now, **samples
    )

    assert result.status == "ok"


def test_streams_itself_deletes_what_it_has_read_from_a_repartition_topic(judge):
    name = "counts-by-value-repartition"
    then = offsets({(name, 0): 100}, at=ago(5))

    result = judge(
        "retention-unbounded",
        topics({"topic": name}),
        topic_configs({name: FOR_EVER}),
        offsets({(name, 0): 160}),
        earlier=[then],
    )

    assert result.status == "ok"
