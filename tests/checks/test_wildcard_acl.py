import pytest

from kdiag.engine import run
from kdiag.finding import principal, topic
from kdiag.sections import Acls
from kdiag.snapshot import Missing, Snapshot
from tests.checks.secured import acl, acls, everywhere, listeners, settings
from tests.tables import NOW

ID = "wildcard-acl"
LOGGED_IN = (listeners(*everywhere()), settings(sasl_enabled_mechanisms="SCRAM-SHA-512"))


@pytest.mark.parametrize(
    ("row", "severity"),
    [
        (("User:*", "Write"), "warning"),
        (("User:*", "All", "topic", "pay", "allow", "prefixed"), "warning"),
        (("User:*", "Alter", "cluster"), "critical"),
        (("User:*", "ClusterAction", "cluster"), "critical"),
        (("User:*", "Create", "cluster"), "warning"),
        (("User:*", "Delete", "group"), "warning"),
        (("User:*", "Read"), "info"),
    ],
)
def test_fires_for_what_nobody_in_particular_should_have(judge, row, severity):
    result = judge(ID, acls(row), *LOGGED_IN)

    [finding] = result.findings
    assert (finding.severity, finding.subject) == (severity, principal("User:*"))


def test_a_topic_that_is_named_is_the_subject(judge):
    [finding] = judge(ID, acls(("User:*", "Write", "topic", "orders")), *LOGGED_IN).findings

    assert finding.subject == topic("orders")
    assert finding.evidence["grants"] == ["Write on topic orders"]
    assert "--topic orders" in finding.actions[0].command


@pytest.mark.parametrize(
    "row",
    [
        ("User:*", "Describe", "cluster"),
        ("User:*", "IdempotentWrite", "cluster"),
        ("User:*", "Read", "topic", "public-prices"),
        ("User:*", "Read", "group"),
        ("User:alice", "All"),
        ("User:*", "Write", "topic", "orders", "deny"),
        ("User:*", "Write", "topic", "orders", "allow", "literal", "10.0.0.7"),
    ],
)
def test_is_silent_for_what_is_harmless_or_somebodys_own(judge, row):
    assert judge(ID, acls(row), *LOGGED_IN).status == "ok"


def test_a_denial_takes_it_away_again(judge):
    rows = [("User:*", "Write"), ("User:*", "All", "topic", "*", "deny")]

    assert judge(ID, acls(*rows), *LOGGED_IN).status == "ok"


def test_a_denial_of_a_single_topic_does_not_take_all_away(judge):
    rows = [("User:*", "Write"), ("User:*", "Write", "topic", "ledger", "deny")]

    assert len(judge(ID, acls(*rows), *LOGGED_IN).findings) == 1


def test_the_anonymous_count_where_they_are_let_in(judge):
    row = ("User:ANONYMOUS", "Write")
    open_ = listeners(*everywhere("INTERNAL", "PLAINTEXT"))

    assert judge(ID, acls(row), *LOGGED_IN).status == "ok"
    assert len(judge(ID, acls(row), open_, settings()).findings) == 1
    brokers = ("User:ANONYMOUS", "ClusterAction", "cluster")
    assert judge(ID, acls(brokers), open_, settings()).status == "ok"


def test_a_strange_name_does_not_leave_its_argument(registry):
    table = Acls.from_rows([acl("User:*", "Write", name="a b';id", pattern="prefixed")])
    snapshot = Snapshot(taken_at=NOW, sections={Acls: table})

    [finding] = run([registry.get(ID)], snapshot, {})[0].findings

    assert "--topic 'a b'\"'\"';id'" in finding.actions[0].command


def test_does_not_apply_without_an_authorizer_and_is_unknown_without_an_answer(judge):
    absent = {Acls: Missing("not authorised", "Describe on Cluster")}

    assert judge(ID, acls(is_enforced=False), *LOGGED_IN).status == "not_applicable"
    result = judge(ID, *LOGGED_IN, absent=absent)
    assert (result.status, result.needs) == ("unknown", "Describe on Cluster")
