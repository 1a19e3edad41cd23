from kdiag.correlate import correlate
from kdiag.engine import run
from kdiag.finding import group, topic
from kdiag.sections import CommitHistory, Commits
from kdiag.snapshot import Missing, Snapshot
from tests.tables import (
    NOW,
    ago,
    commit_history,
    commits,
    offsets,
    partition_row,
    partitions,
    topics,
)

KEY, LOG = ("app", "orders", 0), ("orders", 0)
TOPICS = topics({"topic": "orders", "topic_id": "new"})


def held(committed, epoch=0, now_epoch=0, end=100):
    told = commits({KEY: committed})
    told.rows["leader_epoch"] = epoch
    then = commits({KEY: committed}, at=ago(10))
    then.rows["leader_epoch"] = epoch
    table = partitions(partition_row("orders", leader_epoch=now_epoch))
    return [told, offsets({LOG: end}), table, TOPICS], [then, offsets({LOG: end}, at=ago(10))]


def history(*ids):
    made = commit_history({KEY: [(60.0 - n, 50 + n) for n in range(len(ids))]})
    made.rows["topic_id"] = list(ids)
    return made


def test_fires_where_the_last_commit_names_another_topic(judge):
    now, before = held(51)

    [finding] = judge("topic-recreated", *now, history("old", "old"), earlier=before).findings

    assert finding.subject == topic("orders")
    assert (finding.severity, finding.confidence) == ("warning", "certain")
    assert finding.evidence == {"groups": ["app"], "known_by": "topic-id"}
    assert finding.covers == {topic("orders"), group("app", "orders")}


def test_fires_where_the_leader_epoch_went_backwards(judge):
    now, before = held(50, epoch=6, now_epoch=0)

    [finding] = judge("topic-recreated", *now, history("new"), earlier=before).findings

    assert finding.confidence == "likely"
    assert finding.evidence["known_by"] == "leader-epoch"


def test_a_client_that_knows_no_topic_ids_goes_on_beyond_the_end(judge, registry):
    now, before = held(500)
    told = history("old", "new")

    [finding] = judge("topic-recreated", *now, told, earlier=before).findings

    assert finding.subject == topic("orders")
    checks = {id_: registry.get(id_) for id_ in ("topic-recreated", "commit-beyond-end")}
    earlier = Snapshot(taken_at=ago(10), sections={type(each): each for each in before})
    sections = {type(each): each for each in (*now, told)}
    snapshot = Snapshot(taken_at=NOW, sections=sections, earlier=earlier)
    reported = correlate(run(list(checks.values()), snapshot, {}), checks, "cluster")
    assert [item.check for item in reported if item.is_root] == ["topic-recreated"]


def test_a_group_that_has_read_the_new_topic_since_is_well(judge):
    now, before = held(60)

    result = judge("topic-recreated", *now, history("old", "new"), earlier=before)

    assert result.status == "ok"


def test_a_topic_made_anew_before_the_group_committed_is_well(judge):
    now, before = held(60)

    assert judge("topic-recreated", *now, history("new"), earlier=before).status == "ok"


def test_offsets_that_were_deleted_with_the_topic_do_not_stand(judge):
    now, before = held(50)
    empty = commits({("other", "orders", 0): 5})

    result = judge("topic-recreated", empty, *now[1:], history("old"), earlier=before)

    assert result.status == "ok"


def test_a_leader_that_changed_while_the_cluster_was_read_deceives_nobody(judge):
    now, before = held(50, epoch=6, now_epoch=5)
    before[0].rows["leader_epoch"] = 5

    assert judge("topic-recreated", *now, history("new"), earlier=before).status == "ok"


def test_does_not_apply_without_committed_offsets(judge):
    now, _ = held(50)

    assert judge("topic-recreated", commits({}), *now[1:]).status == "not_applicable"


def test_silence_is_unknown_without_the_history_or_the_commits(judge):
    now, before = held(50)
    hidden = {CommitHistory: Missing("not authorised", "Read on Topic __consumer_offsets")}

    assert judge("topic-recreated", *now, earlier=before, absent=hidden).status == "unknown"
    assert (
        judge("topic-recreated", *now[1:], absent={Commits: Missing("denied")}).status == "unknown"
    )
