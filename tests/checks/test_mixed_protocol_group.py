from kdiag.finding import group
from kdiag.sections import Members
from kdiag.snapshot import Missing
from tests.tables import ago, generation_history, groups, member_history, members, past_member

CONSUMER = {"group": "app", "type": "consumer"}


def mixed(*is_classic):
    return members(
        *(
            {"group": "app", "member_id": f"m{number}", "is_classic": classic}
            for number, classic in enumerate(is_classic)
        )
    )


def flipping(times):
    """Return the history of a group that goes to the consumer protocol and back."""
    old = past_member("old")
    generations = [{"group": "app", "written_at": ago(900), "members": (old,), "log_offset": 0}]
    records = []
    for number in range(times):
        begin, at = 10 * (number + 1), 800 - 200 * number
        generations += [
            {"group": "app", "is_tombstone": True, "generation": None, "members": None}
            | {"written_at": ago(at), "log_offset": begin},
            {"group": "app", "written_at": ago(at - 100), "members": (old,)}
            | {"log_offset": begin + 5},
        ]
        for member in ("old", "new"):
            usual = {"group": "app", "member_id": member}
            records += [
                {**usual, "written_at": ago(at), "log_offset": begin + 1},
                {**usual, "written_at": ago(at - 100), "log_offset": begin + 4}
                | {"is_tombstone": True},
            ]
    return generation_history(*generations), member_history(*records)


def test_fires_for_classic_members_in_a_group_of_the_consumer_protocol(judge):
    result = judge("mixed-protocol-group", groups(CONSUMER), mixed(True, False, False))

    [finding] = result.findings
    assert finding.subject == group("app")
    assert finding.severity == "info"
    assert finding.evidence == {"classic_members": 1, "members": 3, "changes": 0}


def test_fires_for_a_group_that_goes_back_and_forth(judge):
    result = judge("mixed-protocol-group", groups({"group": "app"}), mixed(True), *flipping(2))

    [finding] = result.findings
    assert finding.evidence == {"changes": 4}


def test_is_silent_for_a_group_that_was_converted(judge):
    """The tombstone of the classic group is no deletion."""
    old = {"group": "app", "written_at": ago(900), "members": (past_member("a"),), "log_offset": 0}
    gone = {"group": "app", "written_at": ago(600), "is_tombstone": True, "generation": None}
    past = generation_history(old, {**gone, "members": None, "log_offset": 1})
    joined = member_history(
        {"group": "app", "member_id": "a", "written_at": ago(600), "log_offset": 2}
    )

    result = judge("mixed-protocol-group", groups(CONSUMER), mixed(False), past, joined)

    assert result.status == "ok"


def test_is_silent_for_a_classic_group(judge):
    assert judge("mixed-protocol-group", groups({"group": "app"}), mixed(True)).status == "ok"


def test_is_unknown_without_members(judge):
    absent = {Members: Missing("not authorised", "Describe on Group app")}

    result = judge("mixed-protocol-group", groups(CONSUMER), absent=absent)

    assert result.status == "unknown"
