from kdiag.finding import listener
from kdiag.sections import BrokerConfigs
from kdiag.snapshot import Missing
from tests.checks.secured import everywhere, listener_row, listeners, settings

ID = "plaintext-listener"


def test_fires_for_a_listener_of_clients_without_tls(judge):
    result = judge(ID, listeners(*everywhere(protocol="SASL_PLAINTEXT")), settings())

    assert [finding.subject for finding in result.findings] == [
        listener(id_, "CLIENTS") for id_ in (1, 2, 3)
    ]
    assert {finding.severity for finding in result.findings} == {"warning"}


def test_is_silent_where_clients_have_tls_and_brokers_have_none(judge):
    rows = [*everywhere(), *everywhere("INTERNAL", "PLAINTEXT")]

    assert judge(ID, listeners(*rows), settings()).status == "ok"


def test_the_listener_of_the_brokers_counts_where_there_is_no_other(judge):
    result = judge(ID, listeners(*everywhere("INTERNAL", "PLAINTEXT")), settings())

    assert len(result.findings) == 3


def test_the_listener_of_the_brokers_counts_where_we_came_in_by_it(judge):
    rows = [*everywhere(), *everywhere("INTERNAL", "PLAINTEXT", is_ours=True)]

    result = judge(ID, listeners(*rows), settings())

    assert {finding.subject["name"] for finding in result.findings} == {"INTERNAL"}


def test_a_broker_that_names_no_listener_uses_the_one_of_its_protocol(judge):
    rows = [*everywhere(), *everywhere("PLAINTEXT", "PLAINTEXT")]

    found = judge(ID, listeners(*rows), settings(inter_broker_listener_name=None))

    assert found.status == "unknown"
    assert judge(ID, listeners(*rows), settings(inter_broker_listener_name="")).status == "ok"


def test_the_listener_of_controllers_is_none_of_clients(judge):
    controllers = everywhere("CONTROLLER", "PLAINTEXT", is_advertised=False)

    assert judge(ID, listeners(*everywhere(), *controllers), settings()).status == "ok"


def test_does_not_apply_where_clients_connect_on_loopback(judge):
    rows = everywhere("INTERNAL", "PLAINTEXT", host="127.0.0.1", network="loopback")

    assert judge(ID, listeners(*rows), settings()).status == "not_applicable"


def test_a_host_that_does_not_resolve_here_leaves_it_likely(judge):
    row = listener_row(1, "DOCKER", "PLAINTEXT", network=None)

    [finding] = judge(ID, listeners(row), settings(1)).findings

    assert finding.confidence == "likely"


def test_is_unknown_without_the_settings(judge):
    absent = {BrokerConfigs: Missing("not authorised", "DescribeConfigs on Cluster")}

    result = judge(ID, listeners(*everywhere()), absent=absent)

    assert result.status == "unknown"
    assert result.needs == "DescribeConfigs on Cluster"
