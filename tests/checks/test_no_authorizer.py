from kdiag.correlate import correlate
from kdiag.finding import CLUSTER, listener
from kdiag.registry import load_checks
from kdiag.sections import Acls, BrokerConfigs
from kdiag.snapshot import Missing
from tests.checks.secured import acls, everywhere, listeners, settings
from tests.tables import brokers

ID = "no-authorizer"
NONE = {"authorizer_class_name": ""}
PLAIN = everywhere("INTERNAL", "PLAINTEXT")


def test_fires_once_for_a_cluster_without_any_protection(judge):
    result = judge(
        ID, acls(is_enforced=False), settings(**NONE), listeners(*PLAIN), brokers(1, 2, 3)
    )

    [finding] = result.findings
    assert (finding.severity, finding.subject) == ("warning", CLUSTER)
    assert finding.evidence["brokers_without"] == [1, 2, 3]
    assert finding.covers == {listener(id_, "INTERNAL") for id_ in (1, 2, 3)}


def test_listeners_without_tls_fold_under_it(judge):
    scene = (acls(is_enforced=False), settings(**NONE), listeners(*PLAIN), brokers(1, 2, 3))
    results = [judge(id_, *scene) for id_ in (ID, "plaintext-listener")]

    reported = correlate(results, {c.id: c for c in load_checks().checks}, "c")

    assert [(item.check, item.is_root) for item in reported] == [
        (ID, True),
        ("plaintext-listener", False),
    ]


def test_a_listener_with_passwords_stays_a_finding_of_its_own(judge):
    rows = [*PLAIN, *everywhere(protocol="SASL_PLAINTEXT")]

    [finding] = judge(
        ID, acls(is_enforced=False), settings(**NONE), listeners(*rows), brokers(1, 2, 3)
    ).findings

    assert finding.covers == frozenset()
    assert "whoever logs in" in finding.symptom


def test_is_critical_where_strangers_reach_it(judge):
    rows = everywhere("INTERNAL", "PLAINTEXT", network="public")

    [finding] = judge(
        ID, acls(is_enforced=False), settings(**NONE), listeners(*rows), brokers(1, 2, 3)
    ).findings

    assert finding.severity == "critical"


def test_is_a_warning_where_a_public_listener_asks_for_certificates(judge):
    rows = everywhere("CLIENTS", "SSL", network="public")
    own = {"listener_name_clients_ssl_client_auth": "required"}

    [finding] = judge(
        ID, acls(is_enforced=False), settings(**NONE, **own), listeners(*rows), brokers(1, 2, 3)
    ).findings

    assert finding.severity == "warning"
    assert finding.evidence["anonymous_listeners"] == []


def test_a_single_broker_is_one_for_development(judge):
    rows = everywhere("INTERNAL", "PLAINTEXT", ids=(1,))

    [finding] = judge(
        ID, acls(is_enforced=False), settings(1, **NONE), listeners(*rows), brokers(1)
    ).findings

    assert finding.severity == "info"


def test_does_not_apply_on_loopback(judge):
    rows = everywhere("INTERNAL", "PLAINTEXT", network="loopback")

    result = judge(ID, acls(is_enforced=False), settings(**NONE), listeners(*rows), brokers())

    assert result.status == "not_applicable"


def test_is_silent_with_an_authorizer(judge):
    assert judge(ID, acls(), settings(), listeners(*PLAIN), brokers()).status == "ok"


def test_a_single_broker_without_it_is_a_hole_in_the_cluster(judge):
    mixed = settings()
    rows = mixed.rows
    rows.loc[(rows["key"] == "authorizer.class.name") & (rows["broker"] == 2), "value"] = ""

    [finding] = judge(ID, acls(), mixed, listeners(*PLAIN), brokers()).findings

    assert finding.evidence["brokers_without"] == [2]
    assert "on broker 2" in finding.symptom


def test_is_unknown_where_a_setting_may_undo_it_that_brokers_do_not_show(judge):
    hidden = settings(allow_everyone_if_no_acl_found="x")
    hidden.rows.loc[hidden.rows["key"] == "allow.everyone.if.no.acl.found", "value"] = None

    result = judge(ID, acls(), hidden, listeners(*PLAIN), brokers())

    assert result.status == "unknown"
    assert "allow.everyone.if.no.acl.found" in result.reason


def test_is_unknown_without_the_settings_and_says_so_of_acls_alone(judge):
    absent = {
        BrokerConfigs: Missing("not authorised", "DescribeConfigs on Cluster"),
        Acls: Missing("not authorised", "Describe on Cluster"),
    }

    result = judge(ID, listeners(*PLAIN), brokers(), absent=absent)

    assert result.status == "unknown"
    assert (
        judge(ID, settings(), listeners(*PLAIN), brokers(), absent={Acls: absent[Acls]}).status
        == "ok"
    )
