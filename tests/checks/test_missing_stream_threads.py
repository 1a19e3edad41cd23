import pytest

from kdiag.finding import group
from kdiag.sections import GenerationHistory
from kdiag.snapshot import Missing
from tests.tables import ago, generation_history, groups, member_history, past_member


def threads(process, *numbers, host="10.1.0.1"):
    return tuple(
        past_member(
            f"{process}-{number}",
            client_id=f"{process}-StreamThread-{number}-consumer",
            client_host=f"/{host}",
        )
        for number in numbers
    )


def judged(judge, *generations, state="Stable"):
    rows = [
        {"group": "app", "protocol": "stream", "written_at": ago(seconds), "members": members}
        for seconds, members in generations
    ]
    return judge(
        "missing-stream-threads",
        groups({"group": "app", "protocol": "stream", "state": state}),
        generation_history(*rows),
    )


def test_fires_for_a_process_that_lost_a_thread(judge):
    before = threads("p1", 1, 2, 3) + threads("p2", 1, 2, 3)
    after = threads("p1", 1, 3) + threads("p2", 1, 2, 3)

    result = judged(judge, (3600, before), (600, after))

    [finding] = result.findings
    assert finding.subject == group("app")
    assert finding.severity == "warning"
    assert finding.evidence["process"] == "p1"
    assert finding.evidence["threads"] == 2
    assert finding.evidence["threads_before"] == 3
    assert finding.since == ago(600)


def test_is_silent_for_an_instance_that_is_scaled_away(judge):
    result = judged(
        judge, (3600, threads("p1", 1, 2) + threads("p2", 1, 2)), (600, threads("p1", 1, 2))
    )

    assert result.status == "ok"


def test_is_silent_for_a_thread_that_was_replaced(judge):
    result = judged(
        judge,
        (3600, threads("p1", 1, 2)),
        (600, threads("p1", 1)),
        (590, threads("p1", 1, 3)),
    )

    assert result.status == "ok"


def driven(judge, *records):
    """Judge a streams group of which each record is a thread, seconds ago, and whether it left."""
    rows = [
        {
            "group": "app",
            "kind": "streams",
            "member_id": f"m{number}",
            "client_id": f"p1-StreamThread-{number}-consumer",
            "client_host": "/10.1.0.1",
            "written_at": ago(seconds),
            "is_tombstone": has_left,
        }
        for number, seconds, has_left in records
    ]
    return judge(
        "missing-stream-threads",
        groups({"group": "app", "type": "streams", "protocol_type": "streams"}),
        generation_history(),
        member_history(*rows),
    )


STARTED = [(1, 3600, False), (2, 3599, False)]


@pytest.mark.parametrize("joined", [645, 601, 599], ids=["session-ends", "at-once", "after"])
def test_is_silent_for_a_thread_whose_replacement_came_before_or_after_it_left(judge, joined):
    replaced = sorted([(2, 600, True), (3, joined, False)], key=lambda one: -one[1])

    assert driven(judge, *STARTED, *replaced).status == "ok"


def test_fires_for_one_of_three_that_started_together_and_lived_shortly(judge):
    started = [(1, 630, False), (2, 629.5, False), (3, 629, False)]

    [finding] = driven(judge, *started, (2, 600, True)).findings

    assert (finding.evidence["threads"], finding.evidence["threads_before"]) == (2, 3)


def test_fires_where_a_thread_was_added_and_another_one_left_later(judge):
    [finding] = driven(judge, *STARTED, (3, 1800, False), (2, 600, True)).findings

    assert (finding.evidence["threads"], finding.evidence["threads_before"]) == (2, 3)


def test_fires_where_the_replacement_died_as_well(judge):
    replaced = [(3, 645, False), (2, 600, True), (3, 300, True)]

    [finding] = driven(judge, *STARTED, *replaced).findings

    assert (finding.evidence["threads"], finding.evidence["threads_before"]) == (1, 2)


def test_is_silent_for_an_instance_that_is_restarted_under_another_name(judge):
    result = judged(judge, (3600, threads("p1", 1, 2)), (600, threads("p2", 1, 2)))

    assert result.status == "ok"


def test_is_silent_for_a_thread_that_left_just_now(judge):
    assert judged(judge, (3600, threads("p1", 1, 2)), (5, threads("p1", 1))).status == "ok"


def test_is_silent_while_the_group_rebalances(judge):
    result = judged(
        judge, (3600, threads("p1", 1, 2)), (600, threads("p1", 1)), state="PreparingRebalance"
    )

    assert result.status == "ok"


def test_is_unknown_without_the_history(judge):
    absent = {GenerationHistory: Missing("not authorised", "Read on Topic __consumer_offsets")}

    result = judge("missing-stream-threads", groups({"group": "app"}), absent=absent)

    assert result.status == "unknown"
