from kdiag.finding import group
from kdiag.sections import Offsets
from kdiag.snapshot import Missing
from tests.tables import ago, commit_history, commits, offsets, partition_row, partitions, topics

KEY, LOG = ("app", "orders", 0), ("orders", 0)


def scene(
    committed=1900, end=900, *, end_before=890, epoch=None, epoch_now=0, committed_before=None
):
    """One group on one partition: now and five seconds ago."""
    told = commits({KEY: committed})
    if epoch is not None:
        told.rows["leader_epoch"] = epoch
    now = [
        told,
        offsets({LOG: end}),
        partitions(partition_row("orders", leader_epoch=epoch_now)),
        topics({"topic": "orders", "topic_id": "new"}),
    ]
    before = committed if committed_before is None else committed_before
    then = [commits({KEY: before}, at=ago(5)), offsets({LOG: end_before}, at=ago(5))]
    return now, then


def test_fires_where_the_offset_is_beyond_the_end_twice(judge):
    now, then = scene()

    [finding] = judge("commit-beyond-end", *now, earlier=then).findings

    assert finding.subject == group("app", "orders")
    assert (finding.severity, finding.confidence) == ("critical", "likely")
    assert finding.evidence["beyond_records"] == 1000
    assert "origin" not in finding.evidence


def test_names_a_topic_that_was_made_anew_by_its_id(judge):
    now, then = scene()
    history = commit_history({KEY: [(900, 1900)]}, topic_ids={"orders": "old"})

    [finding] = judge("commit-beyond-end", *now, history, earlier=then).findings

    assert (finding.evidence["origin"], finding.confidence) == ("recreated", "certain")
    assert "made anew" in finding.cause


def test_names_a_topic_that_was_made_anew_by_its_leader_epoch(judge):
    now, then = scene(epoch=7, epoch_now=0)

    [finding] = judge("commit-beyond-end", *now, earlier=then).findings

    assert finding.evidence["origin"] == "recreated"


def test_names_a_log_that_was_cut(judge):
    now, then = scene(epoch=3, epoch_now=5)

    [finding] = judge("commit-beyond-end", *now, earlier=then).findings

    assert finding.evidence["origin"] == "truncated"


def test_is_silent_where_the_end_has_caught_up(judge):
    """A new leader whose high watermark comes a moment later."""
    now, then = scene(committed=895, end=900, end_before=890, committed_before=895)

    assert judge("commit-beyond-end", *now, earlier=then).status == "ok"


def test_is_silent_at_the_end(judge):
    now, then = scene(committed=900, end_before=900)

    assert judge("commit-beyond-end", *now, earlier=then).status == "ok"


def test_one_sample_does_not_suffice_where_there_is_a_suspect(judge):
    result = judge("commit-beyond-end", *scene()[0])

    assert result.status == "unknown"
    assert result.needs == "--sample-seconds"


def test_one_sample_suffices_where_there_is_none(judge):
    assert judge("commit-beyond-end", *scene(committed=500)[0]).status == "ok"


def test_is_unknown_without_offsets(judge):
    now, then = scene()
    absent = {Offsets: Missing("not authorised", "Describe on Topic orders")}

    assert (
        judge("commit-beyond-end", now[0], *now[2:], earlier=then, absent=absent).status
        == "unknown"
    )
