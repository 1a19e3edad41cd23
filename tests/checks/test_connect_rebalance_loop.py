from kdiag.finding import group
from kdiag.sections import GenerationHistory, PastEnds
from kdiag.snapshot import Missing
from tests.churning import scene as churn_scene
from tests.tables import ago, offsets, past_ends, past_member, topics

NAMES = ("connect-configs", "connect-offsets", "connect-status")
LOG = ("connect-configs", 0)


def scene(times=20, *, written=0, protocol_type="connect", names=NAMES):
    """A group of two workers with so many generations in the last minutes."""
    members = tuple(past_member(f"worker-{number}") for number in (1, 2))
    rows = [
        {
            "group": "connect-cluster",
            "protocol_type": protocol_type,
            "protocol": "sessioned",
            "written_at": ago(30 * (times - number)),
            "state_since": ago(30 * (times - number)),
            "members": members,
        }
        for number in range(times)
    ]
    return (
        *churn_scene(rows, group="connect-cluster", protocol_type=protocol_type),
        topics(*({"topic": name, "partition_count": 1} for name in (*names, "__consumer_offsets"))),
        offsets({LOG: 100}),
        past_ends({LOG: 100 - written}),
    )


def test_fires_where_nobody_came_and_nothing_was_written(judge):
    [finding] = judge("connect-rebalance-loop", *scene()).findings

    assert finding.subject == group("connect-cluster")
    assert (finding.severity, finding.confidence) == ("warning", "likely")
    assert finding.evidence["settings_written"] == 0
    assert finding.evidence["rebalances_unchanged"] >= 12
    assert finding.covers == {group("connect-cluster")}


def test_is_silent_while_connectors_are_made(judge):
    assert judge("connect-rebalance-loop", *scene(written=60)).status == "ok"


def test_is_silent_where_few_rebalances_were(judge):
    assert judge("connect-rebalance-loop", *scene(5)).status == "ok"


def test_is_only_possible_where_the_topic_of_settings_is_not_known(judge):
    [finding] = judge("connect-rebalance-loop", *scene(names=("other",))).findings

    assert finding.confidence == "possible"


def test_other_groups_are_not_its_business(judge):
    result = judge("connect-rebalance-loop", *scene(protocol_type="consumer"))

    assert result.status == "not_applicable"


def test_is_unknown_without_history(judge):
    absent = {GenerationHistory: Missing("not read", "Read on Topic __consumer_offsets")}

    result = judge("connect-rebalance-loop", *scene(), absent=absent)

    assert result.status == "unknown"


def test_does_without_the_past_of_the_topics(judge):
    *sections, _ = scene()

    result = judge("connect-rebalance-loop", *sections, absent={PastEnds: Missing("late")})

    assert result.findings[0].confidence == "possible"
