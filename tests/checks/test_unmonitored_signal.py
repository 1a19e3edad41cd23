from kdiag.finding import CLUSTER, NotApplicable
from kdiag.sections import Monitoring
from kdiag.snapshot import Missing
from tests.tables import brokers, groups

HERE = (groups({"group": "billing"}), brokers(1, 2))
LAG, URP, JMX = "lag", "under-replicated partitions", "JMX"
ALL = ((LAG, "billing"), (URP, "10.0.0.1:7071"), (JMX, "10.0.0.1:7071"))


def monitoring(*rows):
    return Monitoring.from_rows([{"signal": signal, "of": of} for signal, of in rows])


def test_names_the_signals_that_nobody_scrapes(judge):
    [finding] = judge("unmonitored-signal", monitoring(ALL[0]), *HERE).findings

    assert finding.evidence["signals"] == [URP, JMX]
    assert (finding.subject, finding.confidence) == (CLUSTER, "certain")


def test_fires_where_lag_is_that_of_another_cluster(judge):
    [finding] = judge("unmonitored-signal", monitoring((LAG, "other"), *ALL[1:]), *HERE).findings

    assert (finding.evidence["signals"], finding.confidence) == ([LAG], "likely")


def test_is_only_possible_where_hosts_have_other_names(judge):
    rows = monitoring(ALL[0], (URP, "kafka-0.svc:7071"), (JMX, "[::1]:7071"))

    [finding] = judge("unmonitored-signal", rows, *HERE).findings

    assert finding.confidence == "possible"


def test_is_silent_where_all_is_scraped(judge):
    assert judge("unmonitored-signal", monitoring(*ALL), *HERE).status == "ok"


def test_is_silent_where_the_cluster_has_no_group(judge):
    here = (groups(), brokers(1, 2))

    assert judge("unmonitored-signal", monitoring((LAG, None), *ALL[1:]), *here).status == "ok"


def test_does_not_apply_without_prometheus_and_is_unknown_where_it_does_not_answer(judge):
    without = {Monitoring: NotApplicable("no Prometheus was given")}
    silent = {Monitoring: Missing("Prometheus at http://p:9090 did not answer within 5 s")}

    assert judge("unmonitored-signal", *HERE, absent=without).status == "not_applicable"
    assert judge("unmonitored-signal", *HERE, absent=silent).status == "unknown"
