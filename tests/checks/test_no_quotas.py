from kdiag.finding import CLUSTER
from kdiag.sections import ClientQuotas, ScramUsers
from kdiag.snapshot import Missing
from tests.checks.secured import acls, quotas, scram_users

ID = "no-quotas"
THREE = acls(*((f"User:{name}", "Read") for name in "abc"))
NOBODY = scram_users({})


def test_fires_for_a_shared_cluster_without_a_default(judge):
    result = judge(ID, quotas({"user": "a"}), THREE, NOBODY)

    [finding] = result.findings
    assert (finding.severity, finding.subject) == ("info", CLUSTER)
    assert finding.evidence == {"principal_count": 3, "quota_count": 1}


def test_principals_are_counted_from_credentials_as_well(judge):
    users = scram_users({name: {"SCRAM-SHA-512": 4096} for name in "abc"})

    assert len(judge(ID, quotas(), acls(is_enforced=False), users).findings) == 1


def test_is_silent_with_a_default_or_one_for_each(judge):
    for row in ({"user": "<default>"}, {"client_id": "<default>"}):
        assert judge(ID, quotas(row), THREE, NOBODY).status == "ok"
    own = quotas(*({"user": name} for name in "abc"))
    assert judge(ID, own, THREE, NOBODY).status == "ok"


def test_brokers_and_everybody_are_no_principals(judge):
    table = acls(
        ("User:a", "Read"),
        ("User:b", "Read"),
        ("User:broker", "ClusterAction", "cluster"),
        ("User:*", "Read"),
        ("User:c", "Read", "topic", "*", "deny"),
    )

    assert judge(ID, quotas(), table, NOBODY).status == "not_applicable"
    assert len(judge(ID, quotas(), table, NOBODY, least_count=2).findings) == 1


def test_is_unknown_without_the_quotas_or_half_of_the_principals(judge):
    refused = Missing("not authorised", "DescribeConfigs on Cluster")

    assert judge(ID, THREE, NOBODY, absent={ClientQuotas: refused}).status == "unknown"
    few = acls(("User:a", "Read"))
    assert judge(ID, quotas(), few, absent={ScramUsers: refused}).status == "unknown"
