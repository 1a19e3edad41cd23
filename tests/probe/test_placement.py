import pytest

from kdiag.command import Console
from kdiag.probe.placement import Member, Place, Placement, configs, placement, replicas_for, wanted
from kdiag.probe.record import Mark, read, written
from kdiag.probe.topic import by_hand
from kdiag.snapshot import Missing, Snapshot
from tests.tables import NOW, brokers, cluster, partition_row, partitions

NO_RACKS = dict.fromkeys((1, 2, 3, 4))


def seen(places=(), **members):
    known = members or {"1": None, "2": None, "3": None}
    return Placement("x", {int(id_): Member(rack) for id_, rack in known.items()}, tuple(places))


@pytest.mark.parametrize(
    ("home", "racks", "replicas"),
    [
        (1, NO_RACKS, (1, 2, 3)),
        (3, NO_RACKS, (3, 4, 1)),
        (4, NO_RACKS, (4, 1, 2)),
        (7, {7: None}, (7,)),
        (9, {4: None, 9: None}, (9, 4)),
        (1, {1: "a", 2: "a", 3: "b", 4: "c"}, (1, 3, 4)),
        (2, {1: "a", 2: "a", 3: "b", 4: "b"}, (2, 3, 4)),
        (4, {1: "a", 2: "b", 3: "c", 4: "a"}, (4, 2, 3)),
        (1, {1: "a", 2: None, 3: "a", 4: None}, (1, 2, 4)),
    ],
)
def test_a_partition_begins_at_its_broker_and_takes_each_rack_once(home, racks, replicas):
    assert replicas_for(home, racks) == replicas


def test_every_broker_gets_a_partition_whose_preferred_leader_it_is():
    assert wanted(seen()) == ((1, 2, 3), (2, 3, 1), (3, 1, 2))


def test_only_brokers_without_a_partition_get_one():
    there = [Place(0, (2, 1, 3), 2), Place(1, (1, 2, 3), 2)]

    assert seen(there).homeless == (3,)
    assert wanted(seen(there)) == ((3, 1, 2),)


def test_a_broker_that_is_away_gets_none_and_no_replica():
    known = {1: Member(), 2: Member(), 3: Member(gone="it is fenced")}

    assert wanted(Placement("x", known, ())) == ((1, 2), (2, 1))


def test_brokers_to_tell_of_are_those_that_serve_or_hold_the_topic():
    known = {1: Member(), 2: Member(), 3: Member(gone="gone"), 4: Member(gone="gone")}

    assert Placement("x", known, (Place(0, (1, 3), 1),)).served == {1, 2, 3}


@pytest.mark.parametrize(("replicas", "least"), [(1, "1"), (2, "1"), (3, "2")])
def test_one_broker_may_be_away(replicas, least):
    assert configs([tuple(range(replicas))])["min.insync.replicas"] == least


def test_the_command_by_hand_makes_the_same_topic():
    text = by_hand("kdiag-probe", seen(), Console("h:9092"))

    assert text.startswith("kafka-topics.sh --bootstrap-server h:9092 --create --topic kdiag-probe")
    assert "--replica-assignment 1:2:3,2:3:1,3:1:2 " in text
    assert "--config min.insync.replicas=2" in text


def test_the_command_by_hand_names_the_partitions_that_are_there_as_kafka_wants_it():
    text = by_hand("kdiag-probe", seen([Place(0, (1, 2, 3), 1)]), Console("h:9092"))

    assert "--alter --topic kdiag-probe --partitions 3" in text
    assert text.endswith("--replica-assignment 1:2:3,2:3:1,3:1:2")


def snapshot(*sections):
    return Snapshot(taken_at=NOW, sections={type(each): each for each in sections})


def test_a_snapshot_tells_where_the_topic_lies():
    rows = [
        partition_row("kdiag-probe", 1, leader=None, replicas=(2, 1)),
        partition_row("kdiag-probe", 0, leader=1, replicas=(1, 2)),
        partition_row("orders", 0),
    ]

    found = placement(snapshot(cluster(), brokers(1, 2, 3), partitions(*rows)), "kdiag-probe")

    assert [(one.partition, one.leader, one.home) for one in found.places] == [
        (0, 1, 1),
        (1, None, 2),
    ]
    assert set(found.brokers) == {1, 2, 3}
    assert found.has_offsets_topic is False


def test_a_snapshot_without_brokers_tells_nothing():
    held = partitions(partition_row("kdiag-probe"))
    sections = {type(held): held, type(brokers(1)): Missing("no answer")}

    assert placement(Snapshot(taken_at=NOW, sections=sections), "kdiag-probe") is None


def test_a_record_is_known_by_its_run():
    mark = Mark(7, 12345.678901234)

    assert read("a1", written("a1", mark)) == mark
    assert read("b2", written("a1", mark)) is None


@pytest.mark.parametrize("value", [None, b"", b"kdiag-probe", b"\xff\x00", b"a b c d"])
def test_a_record_of_others_is_passed_over(value):
    assert read("a1", value) is None
