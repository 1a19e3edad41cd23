"""Managed services, on answers made from their documentation: none of them was reached.

Ranges, ids and hosts are those that the sources in kdiag/services.py show; the rest of each answer
is empty.
"""

import socket
from typing import Any

import pytest

from kdiag.collect import Limits, collect
from kdiag.diagnose import diagnose
from kdiag.finding import Report
from kdiag.plan import plan
from kdiag.registry import load_checks
from kdiag.sections import Cluster, LogDirs
from kdiag.services import SERVICES, recognised
from kdiag.snapshot import Missing
from kdiag.wire.allowlist import APIS
from tests.collect.answering import Answering

CHECKS = load_checks().checks
PLAN = plan(CHECKS)
LIMITS = Limits(sample_seconds=0, timeout_seconds=20, history_seconds=1)

SHOWN = {"Redpanda", "Amazon MSK Serverless"}
"""Of these nothing says whether users may read internal topics."""

ALL = {api.key: (api.oldest, api.newest) for api in APIS.values()}


def without(*names: str) -> dict[int, tuple[int, int]]:
    keys = {APIS[name].key for name in names}
    return {key: each for key, each in ALL.items() if key not in keys}


EVENT_HUBS = {
    APIS[name].key: most
    for name, most in {
        "Fetch": (4, 11),
        "ListOffsets": (1, 5),
        "Metadata": (0, 7),
        "OffsetFetch": (1, 5),
        "DescribeGroups": (0, 4),
        "ListGroups": (0, 2),
        "ApiVersions": (0, 3),
        "DescribeConfigs": (0, 2),
    }.items()
}
WARPSTREAM = {
    APIS[name].key: ALL[APIS[name].key]
    for name in (
        *("Fetch", "ListOffsets", "Metadata", "OffsetFetch", "ApiVersions", "ListGroups"),
        *("DescribeConfigs", "DescribeCluster", "DescribeGroups", "DescribeAcls"),
    )
}
REDPANDA = {
    key: (low, min(high, 7))
    for key, (low, high) in without(
        *("DescribeQuorum", "ConsumerGroupDescribe", "ShareGroupDescribe", "StreamsGroupDescribe")
    ).items()
    if low <= 7
}

SCENES: dict[str, tuple[str | None, tuple[str, ...], dict[int, tuple[int, int]], tuple[int, ...]]]
SCENES = {
    "Amazon MSK": (
        "vJ8kzVt5R3mXqcY0nQx1Aw",
        tuple(f"b-{n}.demo.abc123.c2.kafka.eu-west-1.amazonaws.com" for n in (1, 2, 3)),
        ALL,
        (),
    ),
    "Amazon MSK Serverless": (
        "kQ2m8NnXQ0y0bYzq1t3r5g",
        ("boot-abc12345.c2.kafka-serverless.eu-west-1.amazonaws.com",),
        without("DescribeQuorum"),
        (35,),
    ),
    "Confluent Cloud": (
        "lkc-0a1b2c",
        tuple(f"b{n}-pkc-4abcd.eu-west-1.aws.confluent.cloud" for n in range(3)),
        without("DescribeQuorum"),
        (35, 46),
    ),
    "Aiven": (
        "xYzAbCdEfGhIjKlMnOpQrS",
        tuple(f"kafka-demo-{n}.project.aivencloud.com" for n in range(3)),
        ALL,
        (),
    ),
    "Azure Event Hubs": (None, ("demo.servicebus.windows.net",), EVENT_HUBS, ()),
    "Redpanda": (
        "redpanda.6d4c1b2e-0d6f-4c0c-9b0e-0f2f4a8b1c55",
        ("rp-0.example", "rp-1.example", "rp-2.example"),
        REDPANDA,
        (),
    ),
    "WarpStream": (
        "vci_1d4930d7_8e6d_4ad9_b27a_654ed4aaa3ee",
        tuple(f"10-0-0-{n}.kafka.discoveryv2.prod-z.us-east-1.warpstream.com" for n in (1, 2, 3)),
        WARPSTREAM,
        (),
    ),
}


def diagnosed(name: str, patch: pytest.MonkeyPatch) -> tuple[Any, Report]:
    cluster_id, hosts, ranges, refused = SCENES[name]
    real = socket.getaddrinfo

    def near(host: Any, port: Any, *args: Any, **more: Any) -> Any:
        where = "127.0.0.1" if host in hosts else host
        return real(where, port, *args, **more)

    patch.setattr(socket, "getaddrinfo", near)
    with Answering(cluster_id, hosts, ranges, refused) as server:
        snapshot = collect(PLAN, f"{hosts[0]}:{server.port}", limits=LIMITS)
    return snapshot, diagnose(snapshot, CHECKS, {})


@pytest.fixture(params=SCENES, ids=str)
def scene(request: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Any, Report]:
    return request.param, *diagnosed(request.param, monkeypatch)


def test_a_service_is_recognised_and_what_it_does_not_offer_is_no_gap(scene: Any) -> None:
    name, snapshot, report = scene
    service = next(each for each in SERVICES if each.name == name)

    assert snapshot.get(Cluster).service == name
    assert report.cluster["service"] == name
    for result in report.results:
        if result.status != "unknown":
            continue
        assert "newer broker" not in (result.needs or ""), result
        if not service.is_kafka:
            assert "--jmx" not in (result.needs or ""), result
            assert "not shown to us" not in (result.reason or "") or name in SHOWN, result
            assert "does not offer" not in (result.reason or ""), result
    said = {item.check for item in report.findings if item.finding.severity != "info"}
    assert not said & {"eol-version", "zookeeper-in-use", "known-bad-version", "quorum-lost"}
    if service.absent:
        areas = {check.id: check.area for check in CHECKS}
        assert not {areas[check] for check in said} & service.absent


def test_what_kafka_would_tell_stays_unknown_where_it_is_only_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same refusal, by a cluster that is no service: a grant would help."""
    hosts = ("b1.example", "b2.example", "b3.example")
    monkeypatch.setitem(SCENES, "own", ("AAAAAAAAAAAAAAAAAAAAAA", hosts, ALL, (35,)))
    snapshot, report = diagnosed("own", monkeypatch)

    assert snapshot.get(Cluster).service is None
    assert snapshot.get(LogDirs) == Missing("not authorised", "Describe on Cluster")
    assert any(result.needs == "--jmx" for result in report.results)


@pytest.mark.parametrize(
    ("cluster_id", "hosts", "name"),
    [
        (None, (), None),
        ("AAAAAAAAAAAAAAAAAAAAAA", ("kafka.example.com",), None),
        ("AAAA", ("b-1.amazonaws.com.example.com",), None),
        ("AAAA", ("ec2-1-2-3-4.compute.amazonaws.com",), None),
        ("AAAA", ("demo.servicebus.windows.net", "kafka.example.com"), None),
        ("AAAA", ("B-1.X.ABC.C2.KAFKA.EU-WEST-1.AMAZONAWS.COM.",), "Amazon MSK"),
        ("lkc-1", ("proxy.example.com",), "Confluent Cloud"),
    ],
)
def test_only_what_is_certain_is_recognised(
    cluster_id: str | None, hosts: tuple[str, ...], name: str | None
) -> None:
    found = recognised(cluster_id, hosts)
    assert (found and found.name) == name
