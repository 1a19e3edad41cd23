import asyncio
import socket

import pytest

from kdiag.errors import Unreachable, UsageError
from kdiag.sources.jmx import endpoints, probing
from kdiag.sources.jmx.endpoints import check_urls

BROKERS = {1: "kafka-1", 2: "10.0.0.2"}


def test_a_template_is_filled_in_for_each_broker():
    first, second = endpoints(["rmi://{host}:999{id}"], BROKERS)

    assert (first.target, first.dialect, first.host, first.port) == (
        "broker 1",
        "rmi",
        "kafka-1",
        9991,
    )
    assert second.host == "10.0.0.2"
    assert not first.has_tls


def test_one_process_has_a_url_of_its_own():
    found = endpoints(
        [
            "jolokia+https://{host}:8778/jolokia",
            "broker 2=prometheus+http://other:7071/metrics?all=1",
            "controller 100=rmi+ssl://c1:9999",
            "worker connect:8083=rmi://connect:9999",
        ],
        BROKERS,
    )

    by_target = {each.target: each for each in found}
    assert set(by_target) == {"broker 1", "broker 2", "controller 100", "worker connect:8083"}
    assert by_target["broker 1"].url == "https://kafka-1:8778/jolokia"
    assert by_target["broker 2"].url == "http://other:7071/metrics?all=1"
    assert by_target["controller 100"].has_tls
    assert by_target["worker connect:8083"].kind == "worker"


def test_an_address_of_ipv6_keeps_its_brackets():
    [one] = endpoints(["broker 1=jolokia+http://[::1]:8778/jolokia"], {})

    assert (one.host, one.url) == ("::1", "http://[::1]:8778/jolokia")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://{host}:1", "begins with none of rmi"),
        ("rmi://{host}", "expected rmi://HOST:PORT"),
        ("rmi://{host}:x", "expected rmi://HOST:PORT"),
        ("rmi://{hostname}:1", "{hostname} is not known"),
        ("broker one=rmi://h:1", "is no process"),
        ("rmi://user:secret@{host}:1", "no user and password in a URL"),
    ],
)
def test_what_is_no_url_is_one_sentence(url, words):
    with pytest.raises(UsageError) as caught:
        check_urls([url])

    assert words in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_url_without_a_place_for_the_broker_would_ask_one_for_all():
    assert len(endpoints(["rmi://h:1"], {1: "h"})) == 1
    with pytest.raises(UsageError, match="all brokers would be one process"):
        endpoints(["rmi://h:1"], BROKERS)


def test_two_templates_are_too_many():
    with pytest.raises(UsageError, match="one URL for all brokers"):
        check_urls(["rmi://{host}:1", "rmi://{host}:2"])


def test_auto_asks_every_broker_where_it_is():
    first, second = endpoints(["auto"], BROKERS)

    assert (first.target, first.dialect, first.host) == ("broker 1", "auto", "kafka-1")
    assert second.host == "10.0.0.2"


def test_the_first_usual_port_that_is_open_is_taken(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        usual = (("jolokia", 1, "/jolokia"), ("prometheus", port, "/metrics"), ("rmi", port, ""))
        monkeypatch.setattr(probing, "USUAL", usual)
        [place] = endpoints(["auto"], {1: "127.0.0.1"})

        found = asyncio.run(probing.located(place, 2))

    assert (found.dialect, found.url) == ("prometheus", f"http://127.0.0.1:{port}/metrics")
    with pytest.raises(Unreachable, match="no usual port of JMX is open"):
        asyncio.run(probing.located(place, 2))
