from kdiag.finding import CLUSTER, broker, topic
from kdiag.sections import Facts, TopicConfigs
from kdiag.snapshot import Missing
from tests.tables import ago, facts, topic_configs

NO_JMX = {Facts: Missing("JMX was not given", "--jmx")}
TOO_LARGE = ("request-errors", "Produce", "MESSAGE_TOO_LARGE")
OF_IMAGES = ("bytes-rejected", "images")


TEN_MB = str(10 * 1024**2)


def samples(now=None, before=None):
    """Return two samples of a broker that refused 5 MB of images long ago, unless told more."""
    usual = {"start-time": 0.0, "bytes-rejected": 5e6, OF_IMAGES: 5e6, TOO_LARGE: 2.0}
    told = usual | {"uptime": 1010.0} | (now or {})
    return facts({"broker 1": told}), facts(
        {"broker 1": usual | {"uptime": 1000.0} | (before or {})}, at=ago(10)
    )


def test_fires_on_a_topic_that_takes_ten_megabytes(judge):
    configs = topic_configs({"images": {"max.message.bytes": TEN_MB}})

    result = judge("oversized-messages", configs, absent=NO_JMX)

    [finding] = result.findings
    assert finding.subject == topic("images")
    assert (finding.severity, finding.confidence) == ("warning", "possible")
    assert finding.evidence["max_message_bytes"] == 10 * 1024**2
    assert "claim check" in finding.actions[0].text


def test_is_one_finding_where_topics_take_the_limit_of_the_brokers(judge):
    limits = {f"t{n}": {"max.message.bytes": TEN_MB} for n in range(1000)}

    result = judge("oversized-messages", topic_configs(limits, source="static"), absent=NO_JMX)

    [finding] = result.findings
    assert finding.subject == CLUSTER
    assert "1,000 topics" in finding.symptom


def test_is_silent_at_the_limit_and_at_the_default(judge):
    limits = {"a": {"max.message.bytes": "4194304"}, "b": {"max.message.bytes": "1048588"}}

    now, then = samples()

    assert judge("oversized-messages", topic_configs(limits), now, earlier=[then]).status == "ok"


def test_silence_is_unknown_without_jmx(judge):
    configs = topic_configs({"orders": {"max.message.bytes": "1048588"}})

    result = judge("oversized-messages", configs, absent=NO_JMX)

    assert result.status == "unknown"
    assert "JMX" in result.reason
    assert result.needs == "--jmx"


def test_silence_is_unknown_without_the_limits(judge):
    absent = {TopicConfigs: Missing("not authorised", "DescribeConfigs on Topic orders")}

    now, then = samples()

    result = judge("oversized-messages", now, earlier=[then], absent=absent)

    assert result.status == "unknown"
    assert result.needs == "DescribeConfigs on Topic orders"


def test_fires_on_a_topic_of_which_bytes_were_refused_just_now(judge):
    configs = topic_configs({"images": {"max.message.bytes": TEN_MB}})
    now, then = samples({"bytes-rejected": 3e7, OF_IMAGES: 3e7, TOO_LARGE: 4.0})

    [finding] = judge("oversized-messages", configs, now, earlier=[then]).findings

    assert finding.subject == topic("images")
    assert (finding.severity, finding.confidence) == ("warning", "certain")
    assert finding.evidence == {"refused_bytes": 25_000_000, "max_message_bytes": 10 * 1024**2}


def test_fires_without_the_limits(judge):
    now, then = samples({OF_IMAGES: 3e7})
    absent = {TopicConfigs: Missing("not authorised", "DescribeConfigs on Topic images")}

    [finding] = judge("oversized-messages", now, earlier=[then], absent=absent).findings

    assert finding.subject == topic("images")


def test_fires_on_the_broker_where_only_its_errors_tell(judge):
    """A batch larger than a segment counts as an error, and not as refused bytes."""
    error = ("request-errors", "Produce", "RECORD_LIST_TOO_LARGE")
    now, then = samples({error: 3.0})

    [finding] = judge("oversized-messages", now, earlier=[then]).findings

    assert finding.subject == broker(1)
    assert finding.evidence == {"refused_requests": 3}


def test_is_silent_where_messages_were_refused_long_ago(judge):
    configs = topic_configs({"images": {"max.message.bytes": "1048588"}})
    now, then = samples()

    assert judge("oversized-messages", configs, now, earlier=[then]).status == "ok"
