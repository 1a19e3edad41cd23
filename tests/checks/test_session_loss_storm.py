from kdiag.finding import group
from kdiag.sections import GenerationHistory
from kdiag.snapshot import Missing
from tests.churning import commits, generations, scene, stays

SESSION = {"session_timeout_ms": 10_000}
LOST = stays(4, lasted=70, away=8)


def judged(judge, each, *more, **member):
    rows = generations({"frozen": each}, **{**SESSION, **member})
    return judge("session-loss-storm", *scene(rows, *more))


def silent(each, seconds=11):
    return [(ended + seconds, ended) for _, ended in each]


def test_fires_for_a_client_that_is_silent_for_its_session_and_comes_back(judge):
    result = judged(judge, LOST, commits(silent(LOST), every=2))

    [finding] = result.findings
    assert finding.subject == group("app")
    assert finding.severity == "critical"
    assert finding.confidence == "certain"
    assert finding.evidence["session_timeout_seconds"] == 10
    assert 10 <= finding.evidence["silent_seconds"] <= 14
    assert finding.covers == {group("app")}


def test_advises_the_default_session_only_where_it_is_shorter(judge):
    [short] = judged(judge, LOST, commits(silent(LOST), every=2)).findings
    each = stays(4, lasted=200, away=60)
    long = commits(silent(each, 46), every=2)
    [usual] = judged(judge, each, long, session_timeout_ms=45_000).findings

    assert "from 10000 to 45000" in short.actions[1].text
    assert len(usual.actions) == 1


def test_is_silent_for_clients_that_leave_in_order(judge):
    assert judged(judge, LOST, commits([], every=2)).status == "ok"


def test_is_silent_where_commits_cannot_tell(judge):
    """Commits every minute: nobody knows whether it fell silent or left."""
    assert judged(judge, LOST, commits([], every=60)).status == "ok"


def test_is_silent_for_a_killed_client_whose_successor_takes_its_place(judge):
    """The join phase waits for the one that was killed, so one rebalance brings and takes."""
    each = stays(4, lasted=70, away=0)

    assert judged(judge, each, commits(silent(each), every=2)).status == "ok"


def test_is_silent_for_a_single_pause(judge):
    each = stays(2, lasted=70, away=8)

    assert judged(judge, each, commits(silent(each), every=2)).status == "ok"


def test_is_unknown_without_the_history(judge):
    sections = scene([])
    absent = {GenerationHistory: Missing("not authorised", "Read on Topic __consumer_offsets")}

    result = judge("session-loss-storm", sections[0], *sections[2:], absent=absent)

    assert result.status == "unknown"
