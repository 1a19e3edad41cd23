from kdiag.finding import listener
from kdiag.sections import BrokerConfigs
from kdiag.snapshot import Missing
from tests.checks.secured import everywhere, listeners, settings
from tests.tables import broker_configs

ID = "sasl-plain-unencrypted"
OPEN = everywhere(protocol="SASL_PLAINTEXT")


def test_fires_for_each_listener_that_takes_passwords_in_clear_text(judge):
    result = judge(ID, listeners(*OPEN), settings(sasl_enabled_mechanisms="SCRAM-SHA-512,PLAIN"))

    assert [finding.subject for finding in result.findings] == [
        listener(id_, "CLIENTS") for id_ in (1, 2, 3)
    ]
    assert {finding.severity for finding in result.findings} == {"critical"}
    assert result.findings[0].covers == {listener(1, "CLIENTS")}


def test_what_a_listener_sets_for_itself_counts(judge):
    own = settings(listener_name_clients_sasl_enabled_mechanisms="PLAIN")
    other = settings(
        sasl_enabled_mechanisms="PLAIN",
        listener_name_clients_sasl_enabled_mechanisms="SCRAM-SHA-512",
    )

    assert len(judge(ID, listeners(*OPEN), own).findings) == 3
    assert judge(ID, listeners(*OPEN), other).status == "ok"


def test_what_a_listener_sets_for_itself_and_keeps_back_is_not_taken_for_the_rest(judge):
    own = "listener.name.clients.sasl.enabled.mechanisms"
    hidden = broker_configs(
        {id_: {"sasl.enabled.mechanisms": "PLAIN", own: None} for id_ in (1, 2, 3)}
    )

    result = judge(ID, listeners(*OPEN), hidden)

    assert result.status == "unknown"
    assert own in result.reason


def test_is_silent_with_tls_and_with_scram(judge):
    plain, scram = (settings(sasl_enabled_mechanisms=word) for word in ("PLAIN", "SCRAM-SHA-256"))

    assert judge(ID, listeners(*everywhere()), plain).status == "ok"
    assert judge(ID, listeners(*OPEN), scram).status == "ok"


def test_on_loopback_it_is_only_possible_that_others_reach_it(judge):
    rows = everywhere(protocol="SASL_PLAINTEXT", network="loopback")

    result = judge(ID, listeners(*rows), settings(sasl_enabled_mechanisms="PLAIN"))

    assert {(f.severity, f.confidence) for f in result.findings} == {("info", "possible")}


def test_is_unknown_without_the_settings(judge):
    absent = {BrokerConfigs: Missing("not authorised", "DescribeConfigs on Cluster")}

    assert judge(ID, listeners(*OPEN), absent=absent).status == "unknown"
