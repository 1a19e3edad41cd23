import pytest

from kdiag.finding import group
from kdiag.sections import ShareStateHistory
from kdiag.snapshot import Missing
from tests.tables import (
    NOW,
    ago,
    end_offset_history,
    groups,
    members,
    offsets,
    share_offsets,
    share_states,
)

KEY = ("workers", "jobs", 0)
LOG = ("jobs", 0)
NOT_READ = {ShareStateHistory: Missing("history was not read")}


def scene(now, before, *, end=1000, end_before=900, end_then=900, age=60, count=1):
    """One share-partition as (start offset, lag) in both samples, and its members."""
    made = [{"group": "workers", "member_id": f"m{n}"} for n in range(count)]
    return [
        share_offsets({KEY: now}),
        offsets({LOG: end}),
        groups({"group": "workers", "type": "share", "protocol_type": "share"}),
        members(*made),
        end_offset_history({(*LOG, age): end_then}),
    ], [share_offsets({KEY: before}, at=ago(6)), offsets({LOG: end_before}, at=ago(6))]


def acknowledged(seconds):
    return {"group": "workers", "batches": ((0, 9, 2, 1),), "written_at": ago(seconds)}


def released(seconds):
    return {"group": "workers", "batches": ((10, 19, 0, 1),), "written_at": ago(seconds)}


def test_fires_where_the_lag_grows(judge):
    now, then = scene((200, 800), (180, 720))

    [finding] = judge("share-group-backlog", *now, earlier=then, absent=NOT_READ).findings

    assert finding.subject == group("workers", "jobs")
    assert finding.severity == "warning"
    assert finding.evidence["lag_records"] == 800
    assert finding.evidence["completed_records_per_second"] == pytest.approx(20 / 6, abs=0.1)


def test_fires_where_nothing_has_been_acknowledged_for_longer_than_a_lock_lasts(judge):
    now, then = scene((200, 800), (200, 700))
    states = share_states(acknowledged(70), released(30))

    [finding] = judge("share-group-backlog", *now, states, earlier=then).findings

    assert "has acknowledged nothing for 1 min 10 s" in finding.symptom
    assert finding.evidence["standing_start_offsets"] == ["0: 200"]


@pytest.mark.parametrize("lag", [797, 760])
def test_takes_what_was_written_between_two_readings_for_no_work(judge, lag):
    now, then = scene((200, lag), (200, 700))

    [finding] = judge(
        "share-group-backlog", *now, share_states(acknowledged(70)), earlier=then
    ).findings

    assert "has acknowledged nothing" in finding.symptom


def test_compares_rates_where_lags_and_ends_were_read_at_other_times(judge):
    now, [lags, _] = scene((200, 800), (200, 700))
    then = [lags, offsets({LOG: 850}, at=ago(9))]

    [finding] = judge("share-group-backlog", *now, earlier=then, absent=NOT_READ).findings

    assert finding.evidence["completed_records_per_second"] == 0
    assert finding.evidence["produced_records_per_second"] == pytest.approx(150 / 9, abs=0.1)


def test_takes_acknowledgements_that_come_in_batches_for_slow_work(judge):
    now, then = scene((200, 800), (200, 700))

    [finding] = judge(
        "share-group-backlog", *now, share_states(acknowledged(8)), earlier=then
    ).findings

    assert "falls behind" in finding.symptom


def test_fires_where_one_record_has_held_the_start_offset_for_longer_than_its_deliveries(judge):
    now, then = scene((200, 50), (200, 50))
    held = {"group": "workers", "start_offset": 200, "written_at": ago(400)}
    states = share_states(held, acknowledged(5))

    [finding] = judge("share-group-backlog", *now, states, earlier=then).findings

    assert "has stood for 6 min" in finding.symptom


def test_is_silent_while_one_record_may_still_be_worked_on(judge):
    now, then = scene((200, 50), (200, 50))
    held = {"group": "workers", "start_offset": 200, "written_at": ago(100)}
    states = share_states(held, acknowledged(5))

    assert judge("share-group-backlog", *now, states, earlier=then).status == "ok"


def test_fires_where_the_group_has_no_members(judge):
    now, then = scene((200, 800), (200, 700), count=0)

    [finding] = judge("share-group-backlog", *now, earlier=then, absent=NOT_READ).findings

    assert "has no members" in finding.symptom


def test_is_silent_while_the_group_drains(judge):
    now, then = scene((200, 5000), (100, 5400), end=5200, end_before=5100, age=3600)

    assert judge("share-group-backlog", *now, earlier=then, absent=NOT_READ).status == "ok"


def test_is_silent_where_a_start_offset_far_behind_has_no_lag(judge):
    now, then = scene((200, 0), (200, 0))

    assert judge("share-group-backlog", *now, earlier=then, absent=NOT_READ).status == "ok"


def test_is_silent_for_a_backlog_that_is_young(judge):
    now, then = scene((900, 100), (900, 50), end_then=800)

    assert judge("share-group-backlog", *now, earlier=then, absent=NOT_READ).status == "ok"


def test_does_not_apply_to_a_fresh_group_that_has_acknowledged_nothing_yet(judge):
    now, then = scene((None, None), (None, None))

    result = judge("share-group-backlog", *now, earlier=then, absent=NOT_READ)

    assert result.status == "not_applicable"


def test_is_unknown_where_only_the_state_history_could_tell_idle_from_slow(judge):
    now, then = scene((200, 700), (200, 700), end_before=1000)

    result = judge("share-group-backlog", *now, earlier=then, absent=NOT_READ)

    assert result.status == "unknown"
    assert result.needs == "Read on Topic __share_group_state"


def test_is_unknown_where_the_broker_does_not_tell_the_lag(judge):
    now, then = scene((200, None), (200, None))

    result = judge("share-group-backlog", *now, earlier=then, absent=NOT_READ)

    assert result.status == "unknown"
    assert result.needs == "Kafka 4.2"


def test_is_unknown_without_the_describe_of_a_group(judge):
    now, then = scene((900, 100), (880, 20))
    refused = {"group workers": Missing("not authorised", "Describe on Group workers")}
    now[0] = share_offsets({}, errors=refused)

    result = judge("share-group-backlog", *now, earlier=then, absent=NOT_READ)

    assert result.status == "unknown"
    assert result.needs == "Describe on Group workers"
    assert now[0].read_at == NOW


def test_one_sample_is_enough_where_nothing_is_old(judge):
    now, _ = scene((900, 100), (900, 50), end_then=800)

    assert judge("share-group-backlog", *now, absent=NOT_READ).status == "ok"


def test_is_unknown_where_only_a_second_sample_could_tell(judge):
    now, _ = scene((200, 800), (200, 700))

    result = judge("share-group-backlog", *now, absent=NOT_READ)

    assert result.status == "unknown"
    assert result.needs == "--sample-seconds"


def test_a_history_without_records_is_no_reason_to_fail(judge):
    now, then = scene((200, 800), (180, 720))

    result = judge("share-group-backlog", *now, share_states(), earlier=then)

    assert [finding.subject for finding in result.findings] == [group("workers", "jobs")]
