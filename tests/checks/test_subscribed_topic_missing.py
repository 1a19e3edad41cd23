import pytest

from kdiag.finding import group
from kdiag.snapshot import Missing
from tests.tables import ago, commit_history, groups, members, topics

TEAM = groups({"group": "app"})


def readers(*subscriptions):
    return members(
        *(
            {"group": "app", "member_id": f"m{number}", "subscription": subscription}
            for number, subscription in enumerate(subscriptions)
        )
    )


def judged(judge, wanted, there=("notes",), history=(), before=None, team=TEAM, **fields):
    told = readers(*wanted)
    table = topics(*({"topic": name} for name in there), **fields)
    then = topics(*({"topic": name} for name in (there if before is None else before)))
    return judge(
        "subscribed-topic-missing", team, told, table, *history, earlier=[team, told, then]
    )


def test_a_topic_that_the_group_has_read_is_a_warning_with_its_end(judge):
    history = commit_history({("app", "orders", 0): [(900, 5), (600, None)]})

    [finding] = judged(judge, [("orders", "notes")] * 2, history=[history]).findings

    assert (finding.severity, finding.confidence) == ("warning", "certain")
    assert finding.subject == group("app")
    assert finding.since == ago(600)
    assert "2 members of group app wait for a topic that does not exist: orders" in finding.symptom
    assert finding.evidence == {"topics": ["orders"], "members": 2, "other_topics": 1}


def test_a_group_that_has_nothing_else_to_read_is_a_warning(judge):
    [finding] = judged(judge, [("orders",)]).findings

    assert (finding.severity, finding.confidence) == ("warning", "likely")
    assert "reads nothing at all" in finding.impact
    assert finding.since is None


def test_a_topic_beside_others_that_was_never_read_is_no_warning(judge):
    [finding] = judged(judge, [("orders", "notes")]).findings

    assert finding.severity == "info"
    assert "Nobody has made it yet" in finding.cause


def test_of_members_that_differ_only_those_that_name_it_count(judge):
    [finding] = judged(judge, [("orders", "notes"), ("notes",)]).findings

    assert finding.symptom.startswith("1 member of group app waits for")


def test_commits_of_others_say_nothing(judge):
    history = commit_history({("other", "orders", 0): [(900, 5)], ("app", "notes", 0): [(9, 5)]})

    [finding] = judged(judge, [("orders", "notes")], history=[history]).findings

    assert finding.severity == "info"


@pytest.mark.parametrize("wanted", [("notes",), (), None])
def test_is_silent_where_all_are_there_or_none_is_named(judge, wanted):
    assert judged(judge, [wanted]).status == "ok"


def test_is_silent_for_a_topic_that_was_made_or_deleted_just_now(judge):
    assert judged(judge, [("orders",)], before=("notes", "orders")).status == "ok"
    made = judged(judge, [("orders",)], there=("orders",), before=("notes",))
    assert made.status == "ok"


def test_groups_of_streams_have_a_check_of_their_own(judge):
    streams = groups({"group": "app", "type": "streams", "protocol_type": "streams"})

    assert judged(judge, [("orders",)], team=streams).status == "ok"


def test_is_unknown_where_topics_may_be_hidden(judge):
    hidden = {"hidden topics": Missing("topics that exist are not shown: 1", "Describe on Topic *")}

    result = judged(judge, [("orders",)], errors=hidden)

    assert result.status == "unknown"
    assert "Describe on Topic *" in str(result.needs)


def test_is_unknown_with_one_sample(judge):
    result = judge("subscribed-topic-missing", TEAM, readers(("orders",)), topics())

    assert result.status == "unknown"
    assert result.needs == "--sample-seconds"
