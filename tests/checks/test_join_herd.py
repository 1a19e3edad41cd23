from kdiag.finding import group
from kdiag.sections import GenerationHistory
from kdiag.snapshot import Missing
from tests.tables import ago, generation_history, groups, past_member


def arriving(*sizes, every=5, protocol="range", first=600):
    """Return the generations of a group that has so many members after each rebalance."""
    rows = [{"group": "app", "generation": 0, "written_at": ago(first + 1)}]
    rows += [
        {
            "group": "app",
            "generation": number + 1,
            "protocol": protocol,
            "written_at": ago(first - every * number),
            "members": tuple(past_member(f"m{id_}") for id_ in range(size)),
        }
        for number, size in enumerate(sizes)
    ]
    return generation_history(*rows)


def judged(judge, generations):
    return judge("join-herd", groups({"group": "app"}), generations)


def test_fires_for_many_members_that_come_in_several_rebalances(judge):
    result = judged(judge, arriving(8, 20, 30))

    [finding] = result.findings
    assert finding.subject == group("app")
    assert finding.severity == "info"
    assert finding.evidence["joined"] == 30
    assert finding.evidence["rebalances"] == 3
    assert finding.evidence["seconds"] == 10


def test_is_silent_for_members_that_start_together(judge):
    assert judged(judge, arriving(30)).status == "ok"


def test_is_silent_for_a_small_group(judge):
    assert judged(judge, arriving(6, 12)).status == "ok"


def test_is_silent_for_a_cooperative_group(judge):
    assert judged(judge, arriving(8, 20, 30, protocol="cooperative-sticky")).status == "ok"


def test_is_silent_for_a_group_that_grows_one_by_one(judge):
    assert judged(judge, arriving(*range(1, 31))).status == "ok"


def test_is_silent_for_yesterday(judge):
    assert judged(judge, arriving(8, 20, 30, first=86_400)).status == "ok"


def test_is_unknown_without_the_history(judge):
    absent = {GenerationHistory: Missing("not authorised", "Read on Topic __consumer_offsets")}

    result = judge("join-herd", groups({"group": "app"}), absent=absent)

    assert result.status == "unknown"
    assert result.needs == "Read on Topic __consumer_offsets"
