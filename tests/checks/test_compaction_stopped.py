import re
import shlex

from kdiag.finding import broker, log_dir
from kdiag.sections import BrokerConfigs, Facts, TopicConfigs
from kdiag.snapshot import Missing
from tests.tables import GIB, broker_configs, facts, topic_configs

NO_JMX = {Facts: Missing("JMX was not read", "--jmx")}
COMPACTED = topic_configs({"__consumer_offsets": {"cleanup.policy": "compact"}})
ENABLED = broker_configs({1: {"log.cleaner.enable": "true"}})


def cleaner(dead=0, partitions=0, held=0, **more):
    """Return what the log cleaner of broker 1 tells."""
    return facts(
        {
            "broker 1": {
                "cleaner-dead-threads": dead,
                ("uncleanable-partitions", "/data"): partitions,
                ("uncleanable-size", "/data"): held,
                **{key.replace("_", "-"): value for key, value in more.items()},
            }
        }
    )


def test_fires_where_a_cleaner_thread_is_dead(judge):
    [finding] = judge("compaction-stopped", cleaner(dead=1), ENABLED, COMPACTED).findings

    assert finding.subject == broker(1)
    assert finding.severity == "critical"
    assert finding.evidence == {"dead_threads": 1}
    line = (
        "[2026-11-27 07:20:11,195] ERROR [kafka-log-cleaner-thread-0]: Error due to "
        "(org.apache.kafka.storage.internals.log.LogCleaner$CleanerThread)"
    )
    assert re.search(shlex.split(finding.actions[0].command)[1], line), "Kafka writes %d %p %m (%c)"


def test_fires_on_a_log_dir_with_uncleanable_partitions(judge):
    told = cleaner(partitions=2, held=3 * GIB)

    [finding] = judge("compaction-stopped", told, ENABLED, COMPACTED).findings

    assert finding.subject == log_dir(1, "/data")
    assert finding.evidence == {"uncleanable_partitions": 2, "uncleanable_bytes": 3 * GIB}
    assert "3 GiB" in finding.symptom


def test_fires_without_jmx_where_the_cleaner_is_disabled(judge):
    configs = broker_configs({1: {"log.cleaner.enable": "false"}})

    [finding] = judge("compaction-stopped", configs, COMPACTED, absent=NO_JMX).findings

    assert finding.subject == broker(1)
    assert (finding.severity, finding.confidence) == ("critical", "certain")


def test_is_less_sure_where_it_cannot_see_whether_topics_are_compacted(judge):
    configs = broker_configs({1: {"log.cleaner.enable": "false"}})
    absent = NO_JMX | {TopicConfigs: Missing("not authorised", "DescribeConfigs on Topic *")}

    [finding] = judge("compaction-stopped", configs, absent=absent).findings

    assert finding.confidence == "likely"


def test_a_cluster_without_compacted_topics_misses_nothing(judge):
    configs = broker_configs({1: {"log.cleaner.enable": "false"}})
    topics = topic_configs({"orders": {"cleanup.policy": "delete"}})

    result = judge("compaction-stopped", cleaner(dead=1), configs, topics)

    assert result.status == "not_applicable"
    assert result.findings == ()


def test_an_idle_cleaner_is_silent(judge):
    """Nothing is written, so its last run was long ago; bytes that wait are no uncleanable ones."""
    told = cleaner(cleaner_last_run=900_000.0, held=5 * GIB)

    assert judge("compaction-stopped", told, ENABLED, COMPACTED).status == "ok"


def test_silence_is_unknown_without_jmx_or_without_the_settings(judge):
    without = judge("compaction-stopped", ENABLED, COMPACTED, absent=NO_JMX)
    hidden = {BrokerConfigs: Missing("not authorised", "DescribeConfigs on Cluster")}

    assert (without.status, without.needs) == ("unknown", "--jmx")
    assert judge("compaction-stopped", cleaner(), COMPACTED, absent=hidden).status == "unknown"


def test_does_not_apply_to_a_cluster_without_a_topic(judge):
    result = judge("compaction-stopped", cleaner(), ENABLED, topic_configs({}))

    assert (result.status, result.reason) == ("not_applicable", "no topic is compacted")
