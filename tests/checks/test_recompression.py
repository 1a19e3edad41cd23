from kdiag.finding import topic
from kdiag.sections import Facts, TopicConfigs
from kdiag.snapshot import Missing
from tests.tables import ago, facts, offsets, topic_configs, topics

NO_JMX = {Facts: Missing("JMX was not read", "--jmx")}
GZIP = topic_configs({"orders": {"compression.type": "gzip"}})
WRITTEN, WRITTEN_THEN = offsets({("orders", 0): 500}), offsets({("orders", 0): 400}, ago(10))


def samples(**converted):
    """Return two samples of two brokers: topic → records that each converted in between."""
    usual = {"start-time": 0.0, "produce-conversions": 900.0}
    now = usual | {("produce-conversions", name): 900 + n for name, n in converted.items()}
    then = usual | {("produce-conversions", name): 900.0 for name in converted}
    return (
        facts({f"broker {id_}": now | {"uptime": 110.0} for id_ in (1, 2)}),
        facts({f"broker {id_}": then | {"uptime": 100.0} for id_ in (1, 2)}, at=ago(10)),
    )


def test_fires_on_a_topic_whose_leaders_compress_again(judge):
    now, then = samples(orders=300.0)

    [finding] = judge("recompression", GZIP, now, earlier=[then]).findings

    assert finding.subject == topic("orders")
    assert (finding.severity, finding.confidence) == ("info", "certain")
    assert finding.evidence == {"compression_type": "gzip", "recompressed_records": 600}


def test_without_jmx_a_topic_that_is_written_to_is_possible(judge):
    [finding] = judge(
        "recompression", GZIP, WRITTEN, earlier=[WRITTEN_THEN], absent=NO_JMX
    ).findings

    assert (finding.severity, finding.confidence) == ("info", "possible")


def test_producers_that_use_the_type_of_the_topic_cost_nothing(judge):
    now, then = samples(orders=0.0)

    result = judge("recompression", GZIP, now, WRITTEN, earlier=[then, WRITTEN_THEN])

    assert result.status == "ok"


def test_what_is_converted_for_another_reason_is_silent(judge):
    """Old clients send an old format to a topic that keeps the type of its producers."""
    now, then = samples(orders=300.0)
    configs = topic_configs({"orders": {"compression.type": "producer"}})

    assert judge("recompression", configs, now, earlier=[then]).status == "ok"


def test_a_topic_that_nobody_writes_to_is_unknown_without_jmx(judge):
    result = judge("recompression", GZIP, WRITTEN, earlier=[WRITTEN], absent=NO_JMX)

    assert (result.status, result.needs) == ("unknown", "--jmx")


def test_one_sample_does_not_suffice(judge):
    now, _ = samples(orders=300.0)

    assert judge("recompression", GZIP, now, WRITTEN).status == "unknown"


def test_is_unknown_without_the_settings(judge):
    now, then = samples(orders=300.0)
    absent = {TopicConfigs: Missing("not authorised", "DescribeConfigs on Topic *")}

    assert judge("recompression", now, earlier=[then], absent=absent).status == "unknown"


def test_brokers_write_internal_topics_as_they_set_them(judge):
    """The coordinators create __transaction_state with compression.type=uncompressed."""
    name = "__transaction_state"
    configs = topic_configs({name: {"compression.type": "uncompressed"}})
    now, then = offsets({(name, 0): 500}), offsets({(name, 0): 400}, ago(10))
    told = topics({"topic": name, "is_internal": True})

    result = judge("recompression", configs, told, now, earlier=[then], absent=NO_JMX)

    assert not result.findings
