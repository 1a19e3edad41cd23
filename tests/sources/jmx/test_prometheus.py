"""Pages as exporters write them: names by several rule sets, one meaning."""

import pytest

from kdiag.facts import FACTS
from kdiag.sources.jmx.prometheus import Page


def told(text, names=None):
    page = Page(list(FACTS.values()), names or {})
    page.take(text.encode())
    return page.told.values


SPELLINGS = {
    "jmx_exporter's examples": """
# TYPE kafka_server_brokertopicmetrics_bytesrejected_total counter
kafka_server_brokertopicmetrics_bytesrejected_total 7.0
kafka_server_brokertopicmetrics_bytesrejected_total{topic="a"} 5.0
kafka_server_replicamanager_underreplicatedpartitions 3.0
kafka_network_requestmetrics_errors_total{request="Produce",error="MESSAGE_TOO_LARGE"} 2
""",
    "Strimzi": """
kafka_server_brokertopicmetrics_bytesrejected_total{} 7.0
kafka_server_brokertopicmetrics_bytesrejected_total{topic="a",} 5.0
kafka_server_replicamanager_underreplicatedpartitions{} 3.0
kafka_network_requestmetrics_errors_total{request="Produce",error="MESSAGE_TOO_LARGE",} 2.0
""",
    "Confluent's stack": """
# TYPE kafka_server_brokertopicmetrics_bytesrejectedpersec untyped
kafka_server_brokertopicmetrics_bytesrejectedpersec{topic="",} 7.0
kafka_server_brokertopicmetrics_bytesrejectedpersec{topic="a",} 5.0
kafka_server_replicamanager_underreplicatedpartitions{} 3.0
kafka_network_requestmetrics_errorspersec{request="Produce",error="MESSAGE_TOO_LARGE",} 2.0
""",
    "a reporter without rules": """
kafka_server_brokertopicmetrics_bytesrejectedpersec_total 7.0
kafka_server_brokertopicmetrics_bytesrejectedpersec_total{topic="a"} 5.0
kafka_server_replicamanager_underreplicatedpartitions 3.0
kafka_network_requestmetrics_errorspersec_total{request="Produce",error="MESSAGE_TOO_LARGE"} 2
""",
    "jmx_exporter without rules": """
kafka_server_BrokerTopicMetrics_Count{name="BytesRejectedPerSec",} 7.0
kafka_server_BrokerTopicMetrics_Count{name="BytesRejectedPerSec",topic="a",} 5.0
kafka_server_ReplicaManager_Value{name="UnderReplicatedPartitions",} 3.0
kafka_network_RequestMetrics_Count{name="ErrorsPerSec",request="Produce",error="TOO_LARGE"} 2.0
""".replace("TOO_LARGE", "MESSAGE_TOO_LARGE"),
}


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_all_spellings_mean_the_same(text):
    assert told(text) == {
        ("bytes-rejected", (None,)): 7.0,
        ("bytes-rejected", ("a",)): 5.0,
        ("under-replicated", ()): 3.0,
        ("request-errors", ("Produce", "MESSAGE_TOO_LARGE")): 2.0,
    }


NO_COUNTERS = """
# TYPE kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent gauge
kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent 0.99
kafka_server_brokertopicmetrics_bytesrejectedpersec_oneminuterate 4.5
kafka_server_brokertopicmetrics_bytesrejectedpersec_meanrate 4.5
kafka_network_requestmetrics_totaltimems{request="Produce",quantile="0.99"} 12
kafka_cluster_partition_underreplicated{topic="a",partition="0"} 1
"""


PARTS = """
kafka_server_brokertopicmetrics_bytesin_total{topic="a"} 5
kafka_server_brokertopicmetrics_bytesin_total 7
kafka_server_brokertopicmetrics_bytesin_total{topic="b"} 2
kafka_server_replicafetchermanager_maxlag{clientId="Replica"} 3
kafka_server_replicafetchermanager_maxlag{clientid="Other"} 99
kafka_network_requestmetrics_localtimems_count{request="Produce"} 4
kafka_network_requestmetrics_localtimems_count{request="Vote"} 4
"""


def test_a_part_is_not_taken_for_the_whole():
    assert told(PARTS) == {
        ("bytes-in", ()): 7.0,
        ("replica-max-lag", ()): 3.0,
        ("request-local-count", ("Produce",)): 4.0,
    }


def test_rates_quantiles_and_partitions_are_no_counters():
    assert told(NO_COUNTERS) == {}


def test_the_idle_time_of_handlers_is_read_where_it_is_a_counter():
    text = "kafka_server_kafkarequesthandlerpool_requesthandleravgidlepercent_count 5.0E9\n"

    assert told(text) == {("request-handlers-idle", ()): 5.0}


def test_metrics_of_the_process_are_in_base_units():
    text = """
process_start_time_seconds 1.5e9
jvm_memory_used_bytes{area="heap"} 100
jvm_memory_used_bytes{area="nonheap"} 7
jvm_gc_collection_seconds_sum{gc="G1 Young Generation"} 2.5
java_lang_runtime_uptime 90000
"""

    assert told(text) == {
        ("start-time", ()): 1.5e9,
        ("heap-used", ()): 100.0,
        ("gc-time", ("G1 Young Generation",)): 2.5,
        ("uptime", ()): 90.0,
    }


def test_names_of_an_exporter_of_ones_own():
    found = told('my_rejects{topic="a"} 5\n', {"my_rejects": "bytes-rejected"})

    assert found == {("bytes-rejected", ("a",)): 5.0}


def test_labels_keep_their_escapes_and_times_are_left_out():
    name = "kafka_log_logcleanermanager_uncleanable_bytes"
    text = name + '{logdirectory="/d\\\\a\\"b}"} 5 1700000000000\n'

    assert told(text) == {("uncleanable-size", ('/d\\a"b}',)): 5.0}


@pytest.mark.parametrize("text", ["", "<html><body>\n", "kafka_x{ nonsense\n", 'a{b="c"} x\n'])
def test_what_is_no_metric_is_left_out(text):
    assert told(text) == {}
