from kdiag.finding import listener
from kdiag.sections import BrokerConfigs
from kdiag.snapshot import Missing
from tests.checks.secured import everywhere, listeners, settings

ID = "weak-tls"


def test_fires_for_an_old_version_that_is_enabled(judge):
    result = judge(ID, listeners(*everywhere()), settings(ssl_enabled_protocols="TLSv1.1,TLSv1.2"))

    assert [finding.subject["broker"] for finding in result.findings] == [1, 2, 3]
    finding = result.findings[0]
    assert (finding.severity, finding.confidence) == ("warning", "likely")
    assert finding.evidence["old_versions"] == ["TLSv1.1"]


def test_an_old_version_that_was_agreed_on_is_certain(judge):
    rows = everywhere(tls_version="TLSv1.1")

    result = judge(ID, listeners(*rows), settings(ssl_enabled_protocols="TLSv1.1"))

    assert {finding.confidence for finding in result.findings} == {"certain"}


def test_a_listener_of_its_own_may_be_better_than_the_rest(judge):
    configs = settings(
        ssl_enabled_protocols="TLSv1,TLSv1.2", listener_name_clients_ssl_enabled_protocols="TLSv1.3"
    )

    assert judge(ID, listeners(*everywhere()), configs).status == "ok"


def test_brokers_that_do_not_compare_names_are_named(judge):
    rows = [*everywhere(), *everywhere("INTERNAL", "SSL")]

    result = judge(ID, listeners(*rows), settings(ssl_endpoint_identification_algorithm=""))

    assert [finding.subject for finding in result.findings] == [
        listener(id_, "INTERNAL") for id_ in (1, 2, 3)
    ]


def test_comparing_names_does_not_matter_where_brokers_use_no_tls(judge):
    rows = [*everywhere(), *everywhere("INTERNAL", "PLAINTEXT")]
    configs = settings(ssl_endpoint_identification_algorithm="")

    assert judge(ID, listeners(*rows), configs).status == "ok"


def test_is_silent_on_the_defaults_of_kafka(judge):
    assert judge(ID, listeners(*everywhere("INTERNAL", "SSL")), settings()).status == "ok"


def test_does_not_apply_without_tls(judge):
    rows = everywhere("INTERNAL", "PLAINTEXT")

    assert judge(ID, listeners(*rows), settings()).status == "not_applicable"


def test_is_unknown_without_the_settings(judge):
    absent = {BrokerConfigs: Missing("not authorised", "DescribeConfigs on Cluster")}

    assert judge(ID, listeners(*everywhere()), absent=absent).status == "unknown"
