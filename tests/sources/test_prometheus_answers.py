"""What Prometheus says, and when it is believed."""

import json

import promql_parser
import pytest

from kdiag.errors import RequestError
from kdiag.sources.http import Server
from kdiag.sources.prometheus.asking import Row, rows_in
from kdiag.sources.prometheus.dialects import DIALECTS, Wanted, positions, quoted
from kdiag.sources.prometheus.look_back import MOST_GROUPS, lagging
from kdiag.sources.prometheus.samples import (
    Known,
    Sample,
    contradiction,
    samples,
    steady,
    twice,
    without,
)
from tests.tables import commits

SERVER = Server("Prometheus", "http://p:9090", "[prometheus]")
BY_NAME = {dialect.name: dialect for dialect in DIALECTS}
NATIVE, KMINION, OTHER = BY_NAME["kdiag"], BY_NAME["kminion"], BY_NAME["kafka_exporter"]
WANTED = Wanted("c-1", 'env="prod"', ("app",), ("orders",))
KEY = ("orders", 0)


def row(part, value, at=1000.0, **labels):
    return Row({"part": part, **labels}, ((at, float(value)),))


def answer(result):
    return json.dumps({"status": "success", "data": {"resultType": "vector", "result": result}})


def sample(end, at=900.0, committed=None, origin=("job", "host:1")):
    held = {} if committed is None else {("app", *KEY): committed}
    return Sample(origin, at, held, {KEY: end})


def test_an_answer_is_labels_and_values():
    text = answer(
        [
            {"metric": {"a": "b"}, "value": [1.5, "2"]},
            {"metric": {"a": "c"}, "values": [[1, "3"], [2, "4e+09"]]},
            {"metric": {"a": "d"}, "value": [1, "NaN"]},
        ]
    )

    found = rows_in(text.encode(), SERVER)

    assert found == [Row({"a": "b"}, ((1.5, 2.0),)), Row({"a": "c"}, ((1.0, 3.0), (2.0, 4e9)))]
    assert found[1].value == 4e9


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html>",
        "[]",
        "{}",
        '{"data": {"result": 7}}',
        '{"data": {"result": [7]}}',
        '{"data": {"result": [{"metric": [], "value": [1, "2"]}]}}',
        '{"data": {"result": [{"metric": {}, "value": ["x", "2"]}]}}',
        '{"data": {"result": [{"metric": {}, "value": [1]}]}}',
        "[" * 100_000,
    ],
)
def test_what_prometheus_does_not_say_is_one_sentence(text):
    with pytest.raises(RequestError, match="what answers as Prometheus at http://p:9090 is not"):
        rows_in(text.encode(), SERVER)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_every_series_of_a_query_is_selected(dialect):
    text = positions(dialect, WANTED)

    metrics = [name for name in (dialect.committed, dialect.end, dialect.proof, dialect.at) if name]
    selected = sum(text.count(f"{metric}{{") for metric in metrics)
    assert selected == text.count('env="prod"')
    assert ("cluster_id" in text) == bool(dialect.proof)
    assert all(f"{metric}{{" in text for metric in metrics)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_names_of_groups_and_topics_are_no_part_of_the_query(dialect):
    names = ('a"} or up{', "b\\", "c.d+", "e\nf", "ü|x")

    text = positions(dialect, Wanted("c-1", "", names, names))

    assert promql_parser.parse(text)
    assert quoted('a"b') == '"a\\"b"'


def test_positions_of_one_exporter_are_together_and_the_fullest_is_first():
    place = {"consumergroup": "app", "topic": "orders", "partition": "0"}
    rows = [
        row("committed", 7, job="k", instance="a", kafka_cluster="x", **place),
        row("end", 9, job="k", instance="a", kafka_cluster="x", topic="orders", partition="0"),
        row("at", 990.5, job="k", instance="a", kafka_cluster="x"),
        row("end", 8, job="k", instance="b", kafka_cluster="x", topic="orders", partition="0"),
        row("at", 991.5, job="k", instance="b", kafka_cluster="x"),
    ]

    first, second = samples(NATIVE, rows)

    assert first == Sample(("k", "a", "x"), 990.5, {("app", *KEY): 7}, {KEY: 9})
    assert second.committed == {}


def test_what_was_scraped_at_two_times_is_no_sample():
    rows = [
        row("end", 9, topic="orders", partition="0"),
        row("oldest", 900.0),
        row("newest", 915.0),
    ]

    assert samples(OTHER, rows) == []
    assert samples(OTHER, rows[:2]) == []
    assert [one.at for one in samples(OTHER, [*rows[:2], row("newest", 900.4)])] == [900.0]


def test_a_lag_counts_back_from_the_end():
    rows = [
        row("end", 100, topic_name="orders", partition_id="0"),
        row("committed", 30, group_id="app", topic_name="orders", partition_id="0"),
        row("committed", 30, group_id="app", topic_name="gone", partition_id="0"),
        row("oldest", 900.0),
        row("newest", 900.0),
    ]

    [one] = samples(KMINION, rows)

    assert one.committed == {("app", "orders", 0): 70}


def test_groups_and_topics_of_two_clusters_are_left_out():
    rows = [row("twice", 3, consumergroup="app"), row("twice", 1, topic="clicks")]

    names = set(twice(OTHER, rows))

    assert names == {("group", "app"), ("topic", "clicks")}
    [left] = without(names, [sample(5, committed=3)])
    assert (left.committed, left.ends) == ({}, {KEY: 5})


@pytest.mark.parametrize("end", [80, 90, 100])
def test_a_log_that_ended_where_this_cluster_allows_may_be_of_it(end):
    assert contradiction(sample(end), {KEY: Known(95, 80, 100)}, 800.0) is None


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (sample(79), "says that orders-0 ended at 79, where brokers say 80 to 100"),
        (sample(101), "says that orders-0 ended at 101"),
        (sample(90, at=700.0), "told nothing of the last minutes"),
        (Sample(("",), 900.0, {}, {("other", 0): 90}), "told of no partition with records"),
    ],
)
def test_a_log_that_ended_elsewhere_is_of_another_cluster(one, words):
    assert words in contradiction(one, {KEY: Known(95, 80, 100)}, 800.0)


def test_what_came_before_a_log_was_made_anew_is_left_out():
    found = [sample(50, 900.0, 40), sample(10, 800.0, 5), sample(4000, 700.0, 9), sample(3, 600.0)]

    told = list(steady(found, {KEY: Known(95, 80, 100)}))

    assert [one.ends.get(KEY) for one in told] == [50, 10, None, None]
    assert [one.committed.get(("app", *KEY)) for one in told] == [40, 5, None, None]


def test_a_commit_beyond_the_end_of_now_is_left_out():
    [one] = steady([sample(50, committed=500)], {KEY: Known(95, 80, 100)})

    assert one.committed == {}


def test_the_groups_with_most_lag_are_asked_for():
    many = {(f"g{n}", "orders", 0): 100 - n % 90 for n in range(MOST_GROUPS + 20)}
    many[("ahead", "orders", 0)] = 99
    many[("elsewhere", "clicks", 0)] = 1

    groups, left_out = lagging(commits(many), {KEY: Known(98, 80, 200)})

    assert len(groups) == MOST_GROUPS
    assert not {"ahead", "elsewhere"} & set(groups)
    assert left_out == sum(offset < 98 for offset in many.values()) - 1 - MOST_GROUPS
