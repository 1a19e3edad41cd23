"""The links of a pipeline of changes, in tables: which one stands first, and what was not read."""

from datetime import timedelta

import pytest

from kdiag.analysis.chains import Chains
from kdiag.analysis.source_topics import SourceTopics
from kdiag.sections import Offsets
from kdiag.snapshot import Missing, Snapshot
from kdiag.view import View
from tests.databases import DEBEZIUM, ENDPOINT, connectors, servers, settings, slots, tasks
from tests.lag_scenes import Part, Scene
from tests.tables import NOW, ago, commits, facts, generation_history, groups, members, offsets

SOURCE = {
    "connector.class": DEBEZIUM,
    "database.hostname": "db.example",
    "database.dbname": "shop",
    "topic.prefix": "shop",
}
SINK = {"connector.class": "org.example.Sink", "consumer.override.group.id": "app"}
TOPIC = "shop.orders"
LEFT = {"is_active": False}
MOVING = Scene([Part()], topic=TOPIC)
QUIET = Scene([Part(writes=0, reads=0)], topic=TOPIC)
STUCK = Scene([Part(lag=9_000, stands=900)], topic=TOPIC)
FLUSHES = Scene([Part(lag=400, stands=300)], topic=TOPIC, gap=600, reach=3600)


def pipeline(source="RUNNING", sink="RUNNING", source_task="RUNNING", sink_task="RUNNING"):
    """The connectors: a source of changes, and the sink behind it."""
    return [
        connectors(
            {"connector": "cdc", "state": source},
            {"connector": "lake", "type": "sink", "state": sink},
        ),
        tasks(("cdc", source_task), ("lake", sink_task)),
        settings({"cdc": SOURCE, "lake": SINK}),
    ]


def chain(*held, then=()):
    """Return the only chain of two samples."""
    known = {type(section): section for section in held}
    old = {type(section): section for section in then}
    earlier = Snapshot(taken_at=ago(5), sections=old, bootstrap="") if old else None
    found = View(Snapshot(taken_at=NOW, sections=known, bootstrap="", earlier=earlier)).get(Chains)
    [row] = found.rows.itertuples()
    return row


def seen(scene=QUIET, slot=None, **connect):
    """Return the chain where all was read."""
    now, old = slots(slot or {}), slots(slot or {}, at=ago(5))
    return chain(
        servers(), now, *pipeline(**connect), *scene.now(), then=[old, *(scene.then() or ())]
    )


@pytest.mark.parametrize(
    ("given", "stands_at"),
    [
        ({"slot": LEFT}, "source"),
        ({"source_task": "FAILED"}, "source"),
        ({"source": "FAILED", "slot": LEFT, "scene": STUCK}, "source"),
        ({"scene": STUCK}, "sink"),
        ({"sink_task": "FAILED"}, "sink"),
        ({"slot": LEFT, "sink_task": "FAILED"}, "source"),
    ],
    ids=["slot left", "task failed", "all of it", "sink hangs", "sink failed", "both: the first"],
)
def test_the_first_link_that_stands(given, stands_at):
    row = seen(**given)

    assert row.stands_at == stands_at
    [link] = [link for link in row.line.split(" → ") if link.endswith("(stands)")]
    assert link.startswith(stands_at)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"scene": MOVING},
        {"scene": FLUSHES},
        {"source": "PAUSED", "slot": LEFT},
        {"source": "STOPPED", "slot": LEFT},
        {"scene": STUCK, "sink": "PAUSED"},
    ],
    ids=["quiet tables", "moves", "between flushes", "paused", "stopped", "paused sink"],
)
def test_nothing_stands(given):
    row = seen(**given)

    assert row.stands_at != row.stands_at or row.stands_at is None
    assert "(stands)" not in row.line


def test_the_numbers_of_each_link_are_told():
    assert seen(MOVING, {"kept_bytes": 3 << 20}).line == (
        "slot debezium holds 3 MiB, read → source cdc RUNNING → "
        "topics with 1 partition, 50 records in 5 s → sink lake RUNNING, 0 records behind"
    )


def test_a_database_that_does_not_answer_stands_before_all_others():
    why = Missing("it refuses connections")
    down = {f"endpoint {ENDPOINT}": why}

    row = chain(
        servers(down),
        slots(errors=down),
        *pipeline(source_task="FAILED"),
        *STUCK.now(),
        then=[slots(errors=down, at=ago(5)), *STUCK.then()],
    )

    assert (row.stands_at, row.unreachable) == ("database", "it refuses connections")
    assert row.line.startswith(f"{ENDPOINT} does not answer (stands) → source cdc FAILED → ")


def test_what_was_not_read_is_said_and_moves_no_more_than_it_stands():
    row = chain(*pipeline())

    assert row.line == ("slot not read → source cdc RUNNING → topics not read → sinks not read")
    assert row.stands_at is None or row.stands_at != row.stands_at


def test_one_sample_tells_nothing_of_what_moves():
    row = chain(servers(), slots(LEFT), *pipeline(), *QUIET.now())

    assert "topics with 1 partition, not looked at twice" in row.line
    assert "(stands)" not in row.line


def topics(ends, before, errors=None):
    """Return what is said of the topics, and how many records came, NaN where not known."""
    then = offsets(before, at=NOW - timedelta(seconds=5), errors=errors or {})
    row = chain(*pipeline(), offsets(ends), then=[then])
    return row.line.split(" → ")[2], row.moved_records


@pytest.mark.parametrize(
    ("ends", "before", "errors"),
    [
        ({(TOPIC, 0): 9, (TOPIC, 1): None}, {(TOPIC, 0): 5, (TOPIC, 1): 3}, {}),
        ({(TOPIC, 0): 9, (TOPIC, 1): 3}, {(TOPIC, 0): 5, (TOPIC, 1): None}, {}),
        ({(TOPIC, 0): 9, (TOPIC, 1): 3}, {(TOPIC, 0): 5}, {"broker 1": Missing("down")}),
    ],
    ids=["not now", "not before", "missing before"],
)
def test_a_partition_that_was_not_read_both_times_is_not_taken_for_one_that_moves(
    ends, before, errors
):
    said, moved = topics(ends, before, errors)

    assert said == "topics with 2 partitions, not all read"
    assert moved != moved


def test_a_new_partition_counts_and_topics_of_others_do_not():
    ends = {(TOPIC, 0): 9, (TOPIC, 1): 3, ("shopping.orders", 0): 100, ("stock", 0): 7}

    said, moved = topics(ends, {(TOPIC, 0): 5})

    assert said == "topics with 2 partitions, 7 records in 5 s"
    assert moved == 7


def test_topics_that_go_by_other_names_are_not_taken_for_quiet_ones():
    said, _ = topics({("orders", 0): 9}, {("orders", 0): 5})

    assert said == "no topic under its topic.prefix"


def test_brokers_that_were_not_read_leave_the_rest():
    known = {type(section): section for section in (*pipeline(), slots({}))}
    sections = {**known, Offsets: Missing("timed out")}

    row = next(View(Snapshot(taken_at=NOW, sections=sections)).get(Chains).rows.itertuples())

    assert row.line.endswith("topics not read → sinks not read")
    assert row.line.startswith("slot debezium holds 1000 B, read → ")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({("source-behind", "shop"): 0.12}, "source cdc RUNNING, its last change 0.12 s late →"),
        ({("source-behind", "shop"): -0.001}, "source cdc RUNNING →"),
        ({("source-behind", "other"): 7.0}, "source cdc RUNNING →"),
    ],
    ids=["told", "no change yet", "another one"],
)
def test_how_late_the_last_change_was_is_told_where_a_worker_tells_it(told, words):
    found = chain(
        *pipeline(), *QUIET.now(), facts({"worker 10.1.0.9:8083": told}), then=QUIET.then()
    )

    assert words in found.line


def test_of_two_workers_that_tell_of_a_source_the_later_counts():
    told = {
        f"worker 10.1.0.{number}:8083": {("source-behind", "shop"): late}
        for number, late in ((8, 3.5), (9, 0.5))
    }

    found = chain(*pipeline(), *QUIET.now(), facts(told), then=QUIET.then())

    assert "3.5 s late" in found.line


def two_sources(topics, lists=(None, None)):
    """Topics by source, of one with the prefix shop and one with shop.eu."""
    sources = {
        name: {"topic.prefix": prefix, "table.include.list": tables}
        for name, prefix, tables in zip(("a", "b"), ("shop", "shop.eu"), lists, strict=True)
    }
    found = SourceTopics(sources).of_each(topics)
    return {key: sorted(each) for key, each in found.items()}


@pytest.mark.parametrize(
    ("lists", "told"),
    [
        ((None, None), {"a": ["shop.public.t"], "b": ["shop.eu.orders", "shop.eu.public.t"]}),
        (
            ("eu.orders,public.t", None),
            {"a": ["shop.eu.orders", "shop.public.t"], "b": ["shop.eu.public.t"]},
        ),
        (
            (r"public\..*", r"public\.t"),
            {"a": ["shop.public.t"], "b": ["shop.eu.orders", "shop.eu.public.t"]},
        ),
        (
            ("(a+)+$", None),
            {"a": ["shop.public.t"], "b": ["shop.eu.orders", "shop.eu.public.t"]},
        ),
    ],
    ids=["longest prefix", "its list", "a schema", "no plain list"],
)
def test_a_topic_is_that_of_the_source_that_names_it_or_fits_longest(lists, told):
    assert two_sources(["shop.public.t", "shop.eu.public.t", "shop.eu.orders"], lists) == told


def test_a_topic_of_no_source_is_nobodys():
    assert two_sources(["shopping.t", "shop", "eu.shop.t"]) == {}


def test_two_sources_of_one_prefix_share_its_topics():
    both = SourceTopics({"a": {"topic.prefix": "s"}, "b": {"topic.prefix": "s"}})

    assert both.of_each(["s.p.t"]) == {"a": {"s.p.t"}, "b": {"s.p.t"}}


def test_a_sink_that_never_committed_is_in_the_chain():
    member = ("m", None, "c", "/10.1.0.1", None, 10_000)
    held = {"group": "app", "member_id": "m", "assignment": ((TOPIC, 0),)}
    never = [
        groups({"group": "app"}),
        members(held),
        commits({}),
        offsets({(TOPIC, 0): 40}),
        generation_history({"group": "app", "written_at": ago(9000), "members": (member,)}),
    ]

    row = chain(servers(), slots({}), *pipeline(), *never, then=[offsets({}, at=ago(5))])

    assert row.stands_at == "sink"
    assert row.line.endswith("sink lake RUNNING, 40 records behind (stands)")
