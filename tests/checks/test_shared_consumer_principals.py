import pytest

from kdiag.finding import Subject, group
from kdiag.sections import Acls
from kdiag.snapshot import Missing
from tests.checks.secured import acls

ID = "shared-consumer-principals"


def test_fires_for_a_group_that_two_may_read_by(judge):
    table = acls(("User:a", "Read", "group", "billing"), ("User:b", "All", "group", "billing"))

    result = judge(ID, table)

    [finding] = result.findings
    assert (finding.severity, finding.subject) == ("info", group("billing"))
    assert finding.evidence == {"principals": ["User:a", "User:b"]}


def test_fires_for_a_transactional_id_that_two_may_write_with(judge):
    kind = "transactional-id"
    table = acls(("User:a", "Write", kind, "t-1"), ("User:b", "Write", kind, "t-1"))

    [finding] = judge(ID, table).findings

    assert finding.subject == Subject.of("transactional_id", transactional_id="t-1")


@pytest.mark.parametrize(
    "rows",
    [
        [("User:a", "Read", "group", "g"), ("User:b", "Describe", "group", "g")],
        [("User:a", "Read", "group", "g"), ("User:*", "Read", "group", "g")],
        [("User:a", "Read", "group", "*"), ("User:b", "Read", "group", "*")],
        [("User:a", "Read", "group", "g"), ("User:b", "Read", "group", "h")],
        [
            ("User:a", "Read", "group", "team-", "allow", "prefixed"),
            ("User:b", "Read", "group", "team-", "allow", "prefixed"),
        ],
        [
            ("User:a", "Read", "group", "g"),
            ("User:b", "Read", "group", "g"),
            ("User:b", "All", "group", "g", "deny"),
        ],
        [("User:a", "Read", "topic", "t"), ("User:b", "Read", "topic", "t")],
    ],
)
def test_is_silent_for_readers_name_spaces_and_what_is_denied(judge, rows):
    assert judge(ID, acls(*rows)).status == "ok"


def test_does_not_apply_without_an_authorizer_and_is_unknown_without_an_answer(judge):
    absent = {Acls: Missing("not authorised", "Describe on Cluster")}

    assert judge(ID, acls(is_enforced=False)).status == "not_applicable"
    assert judge(ID, absent=absent).status == "unknown"
