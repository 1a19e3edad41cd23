from kdiag.finding import group
from kdiag.sections import GenerationHistory, HistoryReach
from kdiag.snapshot import Missing
from tests.churning import commits, generations, scene, stays
from tests.tables import ago, cluster, history_reach, member_history, past_member

INTERVAL = {"rebalance_timeout_ms": 60_000, "session_timeout_ms": 45_000}


def evictions(times=4, lasted=65, away=20, **more):
    return stays(times, lasted, away, **more)


def silent(each, seconds):
    return [(ended + seconds, ended) for _, ended in each]


def judged(judge, each, *more, **member):
    rows = generations({"slow": each}, **{**INTERVAL, **member})
    return judge("poll-eviction-storm", *scene(rows, *more))


def test_fires_for_a_client_that_leaves_after_its_poll_interval_and_comes_back(judge):
    each = evictions()

    result = judged(judge, each, commits(silent(each, 63)))

    [finding] = result.findings
    assert finding.subject == group("app")
    assert finding.severity == "critical"
    assert finding.confidence == "certain"
    assert finding.evidence["departures"] == 4
    assert finding.evidence["max_poll_interval_seconds"] == 60
    assert finding.covers == {group("app")}
    assert finding.since == ago(10 + 3 * 85)


def test_advises_real_values(judge):
    [finding] = judged(judge, evictions()).findings

    assert "from 60000 to 130000" in finding.actions[0].text
    assert "to 47 %" in finding.actions[0].text


def test_offers_the_consumer_protocol_where_the_brokers_have_it(judge):
    new = cluster(features={"group.version": (0, 1, 1)})

    [without] = judged(judge, evictions()).findings
    [with_it] = judged(judge, evictions(), new).findings

    assert "once all brokers are 4.0" in without.actions[2].text
    assert "Java clients from 4.0" in with_it.actions[2].text


def test_is_less_certain_without_commits(judge):
    [finding] = judged(judge, evictions()).findings

    assert finding.confidence == "likely"


def test_fires_for_a_group_of_one_member_that_is_empty_in_between(judge):
    rows = generations({"slow": evictions()}, steady=0, **INTERVAL)

    [finding] = judge("poll-eviction-storm", *scene(rows)).findings

    assert finding.evidence["departures"] == 4


def rejoining(ids, lasted=70, away=0):
    """Return a group of the consumer protocol in which one client leaves and joins again."""
    usual = {"group": "app", "client_id": "slow", "client_host": "/10.1.0.1"}
    records = [{**usual, "member_id": "well", "client_id": "well", "written_at": ago(3000)}]
    epochs = []
    for number, id_ in enumerate(ids):
        began = 600 - number * (lasted + away)
        one = {**usual, "member_id": id_, "rebalance_timeout_ms": 60_000}
        records.append({**one, "written_at": ago(began)})
        records.append({**one, "written_at": ago(began - lasted), "is_tombstone": True})
        epochs.append({"group": "app", "kind": "consumer", "written_at": ago(began)})
        records.append(
            {"group": "app", "record": "current", "member_id": "well", "state": 0}
            | {"member_epoch": 90, "written_at": ago(began)}
        )
    records = [{"log_offset": 10 * number, **row} for number, row in enumerate(records)]
    epochs = [{"log_offset": 30 * n + 1, "members": None, **row} for n, row in enumerate(epochs)]
    return scene(epochs, member_history(*records), type="consumer")


def test_fires_for_a_client_of_the_consumer_protocol_that_keeps_its_member_id(judge):
    result = judge("poll-eviction-storm", *rejoining(["m"] * 8))

    [finding] = result.findings
    assert finding.evidence["max_poll_interval_seconds"] == 60
    assert finding.evidence["away_seconds"] == 0


def test_is_silent_for_a_client_of_the_consumer_protocol_that_is_restarted(judge):
    """Each process has a member id of its own."""
    ids = [f"m{number}" for number in range(8)]

    assert judge("poll-eviction-storm", *rejoining(ids, lasted=40, away=30)).status == "ok"


def test_says_that_the_history_may_not_show_the_begin(judge):
    sections = scene(generations({"slow": evictions()}, **INTERVAL), reach=360)

    [finding] = judge("poll-eviction-storm", *sections).findings

    assert "or earlier, where the history begins" in finding.symptom


def test_is_silent_for_members_that_leave_in_order_after_as_long(judge):
    """Workers that are scaled down after a while commit until they go."""
    result = judged(judge, evictions(), commits([]))

    assert result.status == "ok"


def test_is_silent_for_stays_shorter_than_the_poll_interval(judge):
    assert judged(judge, evictions(lasted=40)).status == "ok"


def test_is_silent_for_a_rolling_deploy(judge):
    """Each member is replaced once, after a long stay."""
    old = {f"pod-{n}": [(7200, 600 - 30 * n), (590 - 30 * n, 0)] for n in range(4)}

    result = judge("poll-eviction-storm", *scene(generations(old, **INTERVAL)))

    assert result.status == "ok"


def test_is_silent_for_a_storm_that_ended(judge):
    assert judged(judge, evictions(ended_ago=1200)).status == "ok"


def test_is_silent_for_streams_that_rebalance_with_the_same_members(judge):
    member = past_member("a", **INTERVAL)
    rows = [
        {"group": "app", "written_at": ago(600 * n), "members": (member,)} for n in range(8, 0, -1)
    ]

    assert judge("poll-eviction-storm", *scene(rows)).status == "ok"


def test_is_unknown_without_the_history(judge):
    sections = scene([])
    absent = {GenerationHistory: Missing("not authorised", "Read on Topic __consumer_offsets")}

    result = judge("poll-eviction-storm", sections[0], *sections[2:], absent=absent)

    assert result.status == "unknown"
    assert result.needs == "Read on Topic __consumer_offsets"


def test_is_unknown_where_the_history_is_too_short_to_show_it(judge):
    groups_, generations_, _, topics_ = scene([])
    short = history_reach(120, stopped_by="budget")
    assert isinstance(short, HistoryReach)

    result = judge("poll-eviction-storm", groups_, generations_, short, topics_)

    assert result.status == "unknown"
    assert result.needs == "--history-bytes"
