from kdiag.finding import principal
from kdiag.sections import ScramUsers
from kdiag.snapshot import Missing
from tests.checks.secured import scram_users

ID = "weak-scram"
WEAK = {"SCRAM-SHA-256": 4096}


def test_fires_for_a_user_with_the_weakest_credential_only(judge):
    strong = {"SCRAM-SHA-512": 4096}

    result = judge(ID, scram_users({"a": WEAK, "b": strong, "c": {**WEAK, **strong}}))

    [finding] = result.findings
    assert (finding.severity, finding.subject) == ("info", principal("User:a"))


def test_is_silent_with_more_iterations(judge):
    assert judge(ID, scram_users({"a": {"SCRAM-SHA-256": 8192}})).status == "ok"


def test_does_not_apply_without_users_and_is_unknown_without_an_answer(judge):
    absent = {ScramUsers: Missing("not authorised", "Describe on Cluster")}

    assert judge(ID, scram_users({})).status == "not_applicable"
    assert judge(ID, absent=absent).status == "unknown"
    partly = scram_users({}, errors={"user x": Missing("no answer")})
    assert judge(ID, partly).status == "unknown"
