"""Listeners out of the settings of brokers; nothing here has TLS, so nothing is dialled."""

import asyncio
from types import SimpleNamespace

from kdiag.snapshot import Missing
from kdiag.sources.admin.listeners import read_listeners
from kdiag.wire.addresses import Address
from tests.tables import NOW, broker_configs


def read(settings, brokers, protocol="PLAINTEXT"):
    wire = SimpleNamespace(brokers=brokers, request_timeout_seconds=2.0)
    configs = settings if isinstance(settings, Missing) else broker_configs(settings)
    return asyncio.run(read_listeners(wire, configs, protocol, NOW))


def columns(table, *names):
    return table.rows[list(names)].values.tolist()


FULL = {
    "listeners": "CLIENTS://:9092,internal://10.0.0.1:9094,CONTROLLER://10.0.0.1:9093",
    "advertised.listeners": "CLIENTS://127.0.0.1:9092,INTERNAL://10.0.0.1:9094",
    "listener.security.protocol.map": "CLIENTS:PLAINTEXT,INTERNAL:SASL_PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
}


def test_advertised_addresses_stand_before_those_that_are_listened_on():
    table = read({1: FULL}, {1: Address("127.0.0.1", 9092)})

    assert columns(table, "name", "protocol", "host", "port", "is_advertised", "is_ours") == [
        ["CLIENTS", "PLAINTEXT", "127.0.0.1", 9092, True, True],
        ["INTERNAL", "SASL_PLAINTEXT", "10.0.0.1", 9094, True, False],
        ["CONTROLLER", "PLAINTEXT", "10.0.0.1", 9093, False, False],
    ]
    assert table.rows["network"].tolist() == ["loopback", "private", "private"]


def test_without_advertised_ones_all_but_those_of_controllers_are():
    settings = {
        "listeners": "PLAINTEXT://:9092,CONTROLLER://:9093",
        "controller.listener.names": "CONTROLLER",
    }

    table = read({1: settings}, {1: Address("10.0.0.1", 9092)})

    assert columns(table, "name", "host", "is_advertised", "is_ours") == [
        ["PLAINTEXT", "10.0.0.1", True, True],
        ["CONTROLLER", "10.0.0.1", False, False],
    ]


def test_what_we_know_a_broker_by_is_there_even_where_no_setting_tells():
    denied = Missing("not authorised", "DescribeConfigs on Cluster")
    behind_a_proxy = Address("127.0.0.1", 19092)

    alone = read(denied, {1: behind_a_proxy})
    beside = read({1: FULL}, {1: behind_a_proxy})

    assert columns(alone, "name", "port", "is_ours") == [["PLAINTEXT", 19092, True]]
    assert alone.errors == {"broker 1": denied}
    assert columns(beside, "name", "is_ours")[-1] == ["PLAINTEXT", True]


def test_the_network_tells_strangers_from_neighbours():
    settings = {"listeners": "A://8.8.8.8:1,B://10.1.1.1:2,C://[::1]:3,D://no.host.invalid:4"}

    table = read({1: settings}, {1: Address("8.8.8.8", 1)})

    assert table.rows["network"].tolist() == ["public", "private", "loopback", None]


def test_what_is_no_listener_is_passed_over():
    settings = {"listeners": "PLAINTEXT://$(id):9092,SASL://127.0.0.1:x,,PLAINTEXT://127.0.0.1:1"}

    table = read({1: settings}, {1: Address("127.0.0.1", 1)})

    assert columns(table, "name", "port") == [["PLAINTEXT", 1]]
