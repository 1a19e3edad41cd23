"""Counters out of series that a Prometheus has stored: of the same page, or of none."""

import pytest

from kdiag.sources.jmx import endpoints
from kdiag.sources.prometheus.asking import Row
from kdiag.sources.prometheus.counters import Stored, addresses, compared, meant
from tests.tables import facts

TARGETS = {"h1:7071": "broker 1", "h2:7071": "broker 2"}
START, IN = "process_start_time_seconds", "kafka_server_brokertopicmetrics_messagesin_total"


def row(name, instance, value=1.0, **more):
    labels = {"__name__": name, "job": "k", "instance": instance, "env": "prod", **more}
    return Row(labels, ((700.0, value),))


def page(*instances, messages=700.0, **more):
    return [
        row(name, each, value, **more)
        for each in instances
        for name, value in ((START, 1000.0), (IN, messages))
    ]


def stored(earlier, up=("h1:7071", "h2:7071"), newest=None):
    ups = [Row({"job": "k", "instance": each, "env": "prod"}, ((700.0, 1.0),)) for each in up]
    scraped = [Row(each.labels, ((700.0, 697.0),)) for each in ups]
    return Stored(ups, scraped, earlier, earlier if newest is None else newest)


def now(**more):
    told = {"start-time": 1000.0, "messages-in": 900.0}
    return facts({"broker 1": told, "broker 2": {**told, **more}})


def messages(found):
    return {
        target: each["value"]
        for target, (_, rows) in found.items()
        for each in rows
        if each["fact"] == "messages-in"
    }


def test_counters_of_both_brokers_are_found_at_their_addresses():
    told = [*page("h1:7071"), *page("h2:7071", messages=800.0)]

    found = compared(TARGETS, stored(told), now(), {})

    assert messages(found) == {"broker 1": 700.0, "broker 2": 800.0}
    assert {at for at, _ in found.values()} == {697.0}


def test_a_broker_at_another_address_is_not_compared():
    found = compared(TARGETS, stored(page("h1:7071", "10.0.0.2:7071")), now(), {})

    assert set(found) == {"broker 1"}


def test_a_broker_of_which_a_fact_is_not_stored_is_not_compared():
    told = stored(page("h1:7071", "h2:7071"))

    found = compared(TARGETS, told, now(**{"isr-shrinks": 5.0}), {})

    assert set(found) == {"broker 1"}


def test_a_counter_that_came_since_is_compared_with_none():
    shrinks = "kafka_server_replicamanager_isrshrinks_total"
    newest = [*page("h1:7071", "h2:7071"), row(shrinks, "h2:7071", 5.0)]

    told = stored(page("h1:7071", "h2:7071"), newest=newest)
    found = compared(TARGETS, told, now(**{"isr-shrinks": 5.0}), {})

    assert set(found) == {"broker 1", "broker 2"}


@pytest.mark.parametrize(
    "told",
    [
        stored([]),
        stored(page("h1:7071"), up=()),
        stored(page("h1:7071"), up=("h1:7071", "h1:7071")),
        stored(page("h1:7071")[1:]),
        stored(page("h1:7071", topic="orders")),
    ],
    ids=["nothing", "no scrape", "two jobs", "no start time", "a part by topic"],
)
def test_nothing_is_made_of_what_is_not_the_same(told):
    assert compared(TARGETS, told, now(), {}) == {}


def test_a_name_whose_meaning_takes_a_type_is_not_used():
    names = ["kafka_server_brokertopicmetrics_messagesin", IN, START, "go_threads"]

    assert meant(names, now(), {}) == [IN, START]


def test_only_pages_of_one_process_are_looked_up():
    one = endpoints(["prometheus+http://{host}:7071/metrics"], {1: "h1", 2: "[::1]"})
    same = endpoints(["broker 1=prometheus+http://h:1/m", "broker 2=prometheus+http://h:1/m"], {})
    other = endpoints(["rmi://{host}:9999"], {1: "h1"})

    assert addresses([*one, *other]) == {"h1:7071": "broker 1", "[::1]:7071": "broker 2"}
    assert addresses(same) == {}
