import pytest

from kdiag.finding import topic
from kdiag.sections import PastEnds
from kdiag.snapshot import Missing
from tests.tables import ago, commits, members, offsets, past_ends, topics


def scene(name="orders-dlq", *, hour_ago=40, end=100, before=None):
    """A topic with one partition: its end, and that of an hour ago."""
    log = (name, 0)
    samples = {} if before is None else {"earlier": [offsets({log: before}, at=ago(5))]}
    return (topics({"topic": name}), offsets({log: end}), past_ends({log: hour_ago})), samples


def test_fires_where_nobody_reads_what_comes(judge):
    sections, _ = scene()

    [finding] = judge("dlq-filling", *sections, commits({}), members()).findings

    assert finding.subject == topic("orders-dlq")
    assert finding.severity == "warning"
    assert finding.evidence["hour_records"] == 60
    assert finding.evidence["readers"] == []
    assert "--offset 99" in finding.actions[0].command


def test_is_only_a_note_where_a_group_keeps_up(judge):
    sections, _ = scene()
    reader = (commits({("repair", "orders-dlq", 0): 98}), members({"group": "repair"}))

    [finding] = judge("dlq-filling", *sections, *reader).findings

    assert finding.severity == "info"
    assert "repair keeps up" in finding.cause


def test_a_group_that_fell_behind_is_no_reader(judge):
    sections, _ = scene()
    dead = (commits({("repair", "orders-dlq", 0): 10}), members())

    assert judge("dlq-filling", *sections, *dead).findings[0].severity == "warning"


def test_says_that_readers_were_not_read(judge):
    sections, _ = scene()

    [finding] = judge("dlq-filling", *sections).findings

    assert finding.evidence["readers"] is None


def test_is_silent_where_nothing_came_within_the_hour(judge):
    sections, _ = scene(hour_ago=None)

    assert judge("dlq-filling", *sections, commits({})).status == "ok"


def test_records_with_an_old_time_are_seen_between_two_samples(judge):
    """Kafka Connect gives a dead letter the time of the record that it was made of."""
    sections, samples = scene(hour_ago=None, before=93)

    [finding] = judge("dlq-filling", *sections, **samples).findings

    assert finding.evidence["hour_records"] == 7


@pytest.mark.parametrize(
    "name", ["orders.DLT", "dlq-orders", "ordersDLQ", "payments_dead_letter_queue", "DeadLetters"]
)
def test_knows_the_usual_names(judge, name):
    sections, _ = scene(name)

    assert judge("dlq-filling", *sections).status == "problem"


@pytest.mark.parametrize("name", ["orders", "error-logs", "headletter", "dltable", "bundlqx"])
def test_others_are_no_dead_letter_topics(judge, name):
    sections, _ = scene(name)

    assert judge("dlq-filling", *sections).status == "not_applicable"


def test_other_names_can_be_told(judge):
    sections, _ = scene("orders.failed")

    assert judge("dlq-filling", *sections, names_regex=r"\.failed$").status == "problem"


def test_is_unknown_without_the_past(judge):
    (named, ends, _), _ = scene()
    absent = {PastEnds: Missing("not authorised", "Describe on Topic orders-dlq")}

    result = judge("dlq-filling", named, ends, absent=absent)

    assert result.status == "unknown"
    assert result.needs == "Describe on Topic orders-dlq"
