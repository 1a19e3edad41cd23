import pytest

from kdiag.finding import principal, topic
from kdiag.sections import Acls
from kdiag.snapshot import Missing
from tests.checks.secured import acls, everywhere, listeners, scram_users, settings, unlisted

ID = "dangling-acl"
SCRAM = (listeners(*everywhere()), settings(sasl_enabled_mechanisms="SCRAM-SHA-512"))
USERS = scram_users({"alice": {"SCRAM-SHA-512": 8192}})


def test_fires_for_a_topic_that_is_gone(judge):
    table = acls(("User:alice", "Read", "topic", "old"), ("User:alice", "Write", "topic", "old"))

    result = judge(ID, table, unlisted({"old": False}), USERS, *SCRAM)

    [finding] = result.findings
    assert (finding.severity, finding.subject) == ("info", topic("old"))
    assert finding.evidence == {"acl_count": 2, "principals": ["User:alice"]}


@pytest.mark.parametrize(
    "row",
    [
        ("User:alice", "Read", "topic", "old", "deny"),
        ("User:alice", "Create", "topic", "old"),
        ("User:alice", "Read", "topic", "old", "allow", "prefixed"),
        ("User:alice", "Read", "group", "old"),
    ],
)
def test_is_silent_for_what_may_be_meant_for_later(judge, row):
    assert judge(ID, acls(row), unlisted({"old": False}), USERS, *SCRAM).status == "ok"


def test_a_topic_that_is_only_hidden_from_us_is_not_gone(judge):
    table = acls(("User:alice", "Read", "topic", "secret"))
    hidden = {"topic secret": Missing("not authorised", "Describe on Topic secret")}

    assert judge(ID, table, unlisted({"secret": True}), USERS, *SCRAM).status == "ok"
    result = judge(ID, table, unlisted(errors=hidden), USERS, *SCRAM)
    assert (result.status, result.needs) == ("unknown", "Describe on Topic secret")


def test_fires_for_a_user_without_a_credential(judge):
    table = acls(("User:alice", "Read"), ("User:bob", "Read"))

    [finding] = judge(ID, table, unlisted(), USERS, *SCRAM).findings

    assert (finding.subject, finding.confidence) == (principal("User:bob"), "likely")


def test_users_that_log_in_otherwise_are_not_gone(judge):
    table = acls(("User:bob", "Read"))
    by_certificate = (
        listeners(*everywhere(), *everywhere("PARTNERS", "SSL")),
        settings(sasl_enabled_mechanisms="SCRAM-SHA-512", ssl_client_auth="required"),
    )
    by_password = (SCRAM[0], settings(sasl_enabled_mechanisms="SCRAM-SHA-512,PLAIN"))

    assert judge(ID, table, unlisted(), USERS, *by_certificate).status == "ok"
    assert judge(ID, table, unlisted(), USERS, *by_password).status == "ok"


def test_brokers_and_everybody_need_no_credential(judge):
    table = acls(("User:broker", "ClusterAction", "cluster"), ("User:*", "Read", "topic", "news"))

    assert judge(ID, table, unlisted(), USERS, *SCRAM).status == "ok"


def test_users_are_left_alone_where_they_were_not_all_read(judge):
    partly = scram_users({}, errors={"user bob": Missing("UNKNOWN_SERVER_ERROR")})

    assert judge(ID, acls(("User:bob", "Read")), unlisted(), partly, *SCRAM).status == "ok"


def test_does_not_apply_without_an_authorizer_and_is_unknown_without_an_answer(judge):
    absent = {Acls: Missing("not authorised", "Describe on Cluster")}

    none = judge(ID, acls(is_enforced=False), unlisted(), USERS, *SCRAM)
    assert none.status == "not_applicable"
    assert judge(ID, unlisted(), USERS, *SCRAM, absent=absent).status == "unknown"
