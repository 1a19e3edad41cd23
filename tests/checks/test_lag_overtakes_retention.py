from kdiag.finding import group
from kdiag.sections import TopicConfigs
from kdiag.snapshot import Missing
from tests.lag_scenes import Part, Scene
from tests.tables import end_offset_history, topic_configs

SLOW = Part(lag=6_000, reads=5)
FROZEN = Part(lag=9_000, stands=900)


def kept(milliseconds, **more):
    usual = {"retention.ms": str(milliseconds), "retention.bytes": "-1", "cleanup.policy": "delete"}
    return topic_configs({"orders": {**usual, **more}})


def test_fires_where_the_loss_is_within_the_horizon(judge):
    scene = Scene([SLOW] * 3) + kept(3_600_000)

    [finding] = judge("lag-overtakes-retention", *scene.now(), earlier=scene.then()).findings

    assert finding.subject == group("app", "orders")
    assert (finding.severity, finding.confidence) == ("critical", "likely")
    assert finding.evidence["losing_partitions"] == [0, 1, 2]
    assert 0 < finding.evidence["lost_in_seconds"] < 86_400
    assert "retention.ms=7200000" in finding.actions[0].command


def test_warns_of_a_steady_backlog_that_is_nearly_as_old_as_the_topic(judge):
    scene = Scene([Part(lag=9_000)] * 3) + kept(700_000)

    [finding] = judge("lag-overtakes-retention", *scene.now(), earlier=scene.then()).findings

    assert finding.severity == "warning"


def test_folds_under_the_verdict_that_foretells_it(registry):
    check = registry.get("lag-overtakes-retention")

    assert {"slow-consumer", "stuck-consumer", "group-dead"} <= set(check.explained_by)


def test_is_silent_where_the_loss_is_far_away(judge):
    scene = Scene([SLOW] * 3) + kept(604_800_000)

    assert judge("lag-overtakes-retention", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_silent_for_a_group_that_drains(judge):
    scene = Scene([Part(lag=6_000, reads=50)] * 3) + kept(650_000)

    assert judge("lag-overtakes-retention", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_silent_for_topics_that_are_only_compacted(judge):
    scene = Scene([FROZEN] * 3) + kept(900_000, **{"cleanup.policy": "compact"})

    assert judge("lag-overtakes-retention", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_unknown_without_the_retention(judge):
    scene = Scene([SLOW] * 3)
    absent = {TopicConfigs: Missing("not authorised", "DescribeConfigs on Topic orders")}

    result = judge("lag-overtakes-retention", *scene.now(), earlier=scene.then(), absent=absent)

    assert result.status == "unknown"
    assert result.needs == "DescribeConfigs on Topic orders"


def test_is_silent_where_nobody_is_behind(judge):
    scene = Scene([Part(writes=0, reads=0)] * 3)
    for configs in (kept(700_000), topic_configs({})):
        given = [*scene.now(), configs]

        assert judge("lag-overtakes-retention", *given, earlier=scene.then()).status == "ok"


def test_the_age_is_not_claimed_where_only_its_upper_bound_is_known(judge):
    """A backlog that is younger than the first time of which the end offset is known."""
    scene = Scene([SLOW] * 3) + kept(3_600_000)
    first = end_offset_history({("orders", number, 3_000): 0 for number in range(3)})

    [finding] = judge(
        "lag-overtakes-retention", *(scene + first).now(), earlier=scene.then()
    ).findings

    assert "the oldest is at most 50 min old, and" in finding.symptom
    assert "oldest_unread_at_least_seconds" not in finding.evidence
    assert finding.evidence["oldest_unread_at_most_seconds"] == 3_000
