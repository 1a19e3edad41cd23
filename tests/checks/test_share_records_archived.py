from kdiag.finding import group
from kdiag.sections import GroupConfigs, ShareStateHistory
from kdiag.snapshot import Missing
from tests.tables import ago, group_configs, share_states

AVAILABLE, ACKNOWLEDGED, ARCHIVED = 0, 2, 4
LIMIT = {"share.delivery.count.limit": "5", "errors.deadletterqueue.topic.name": ""}
CONFIGS = group_configs({"workers": LIMIT})


def state(*batches, **more):
    return {"group": "workers", "batches": batches, **more}


def test_fires_for_records_whose_deliveries_ran_out(judge):
    states = share_states(
        state((0, 9, AVAILABLE, 4)),
        state((0, 3, ARCHIVED, 5), (4, 9, ACKNOWLEDGED, 5)),
        state((20, 20, ARCHIVED, 5), partition=1, written_at=ago(120)),
    )

    [finding] = judge("share-records-archived", states, CONFIGS).findings

    assert finding.subject == group("workers", "jobs")
    assert finding.severity == "critical"
    assert finding.evidence["archived_records"] == 5
    assert finding.evidence["archived_offsets"] == ["0: 0-3", "1: 20"]


def test_counts_an_offset_once_that_an_update_and_a_snapshot_tell(judge):
    states = share_states(
        state((3, 3, ARCHIVED, 5)),
        state((2, 3, ARCHIVED, 5), is_snapshot=True, state_epoch=1),
    )

    [finding] = judge("share-records-archived", states, CONFIGS).findings

    assert finding.evidence["archived_records"] == 2


def test_is_a_warning_where_a_dead_letter_topic_keeps_them(judge):
    configs = group_configs({"workers": {**LIMIT, "errors.deadletterqueue.topic.name": "dlq.jobs"}})

    [finding] = judge("share-records-archived", share_states(state((3, 3, 4, 5))), configs).findings

    assert finding.severity == "warning"
    assert finding.evidence["dead_letter_topic"] == "dlq.jobs"


def test_is_silent_where_a_restart_had_records_delivered_twice(judge):
    states = share_states(state((0, 9, AVAILABLE, 1)), state((0, 9, ACKNOWLEDGED, 2)))

    assert judge("share-records-archived", states, CONFIGS).status == "ok"


def test_is_silent_for_rejected_records_and_for_offsets_without_a_record(judge):
    states = share_states(state((0, 0, ARCHIVED, 1), (7, 7, ARCHIVED, 2)))

    assert judge("share-records-archived", states, CONFIGS).status == "ok"


def test_is_silent_for_what_was_archived_long_ago(judge):
    states = share_states(state((3, 3, ARCHIVED, 5), written_at=ago(90000)))

    assert judge("share-records-archived", states, CONFIGS).status == "ok"
    result = judge("share-records-archived", states, CONFIGS, within_seconds=100000)
    assert result.status == "problem"


def test_is_silent_once_the_offset_was_reset_to_before_them(judge):
    states = share_states(
        state(is_snapshot=True, state_epoch=1),
        state((3, 3, ARCHIVED, 5)),
        state(is_snapshot=True, state_epoch=2, start_offset=0),
        state((0, 9, ACKNOWLEDGED, 1)),
    )

    assert judge("share-records-archived", states, CONFIGS).status == "ok"


def test_leaves_out_topics_that_are_gone(judge):
    states = share_states(state((3, 3, ARCHIVED, 5), topic=None), state((0, 0, ACKNOWLEDGED, 1)))

    assert judge("share-records-archived", states, CONFIGS).status == "ok"


def test_is_unknown_without_the_topic_of_the_states(judge):
    absent = {
        ShareStateHistory: Missing("not authorised", "Read on Topic __share_group_state"),
        GroupConfigs: Missing("not authorised"),
    }

    result = judge("share-records-archived", absent=absent)

    assert result.status == "unknown"
    assert result.needs == "Read on Topic __share_group_state"


def test_is_unknown_for_a_group_whose_limit_is_not_told(judge):
    states = share_states(state((3, 3, ARCHIVED, 5)), {"group": "others"})

    result = judge("share-records-archived", states, group_configs({"others": LIMIT}))

    assert result.status == "unknown"
    assert result.needs == "DescribeConfigs on Group workers"
