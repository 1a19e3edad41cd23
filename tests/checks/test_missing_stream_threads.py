from kdiag.finding import group
from kdiag.sections import GenerationHistory
from kdiag.snapshot import Missing
from tests.tables import ago, generation_history, groups, past_member


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
