import importlib.resources
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import numpy
import pandas
import pytest

from kdiag.diagnose import diagnose
from kdiag.finding import SUBJECT_KEYS
from kdiag.registry import load_checks
from kdiag.render import FORMATS, renderer
from kdiag.render.json import plain, render
from kdiag.snapshot import Snapshot
from tests.render.reports import DOWN, START, broken, healthy
from tests.render.schema import faults
from tests.tables import NOW, partition_row, partitions, topic_configs

SCHEMA = json.loads((importlib.resources.files("kdiag.render") / "report.schema.json").read_text())


def diagnosed():
    rows = [partition_row("orders", number, isr=(1,)) for number in range(60)]
    limits = topic_configs({"orders": {"min.insync.replicas": "2"}})
    sections = {type(section): section for section in (partitions(*rows), limits)}
    snapshot = Snapshot(taken_at=NOW, sections=sections, bootstrap="h:9092")
    return diagnose(snapshot, [load_checks().get("under-min-isr")], {})


@pytest.mark.parametrize(
    "report", [broken(), healthy(), diagnosed()], ids=["broken", "healthy", "60"]
)
def test_a_report_is_as_the_schema_says(report):
    assert list(faults(json.loads(render(report)), SCHEMA, SCHEMA)) == []


def test_the_schema_finds_faults():
    document = json.loads(render(broken()))
    document["verdict"]["status"] = "fine"
    document["findings"][0]["since"] = "yesterday"
    document["findings"][0]["mood"] = 1
    del document["tool"]

    assert len(list(faults(document, SCHEMA, SCHEMA))) == 4


def test_the_schema_knows_every_type_of_subject():
    assert SCHEMA["$defs"]["subject"]["properties"]["type"]["enum"] == list(SUBJECT_KEYS)


def test_keys_come_in_the_order_of_the_design():
    document = json.loads(render(broken()))

    assert list(document) == [
        "schema_version", "tool", "cluster", "started_at", "duration_seconds", "requests",
        "errors", "verdict", "coverage", "waivers", "findings", "results",
    ]  # fmt: skip
    assert list(document["findings"][0]) == [
        "check", "severity", "confidence", "subject", "symptom", "impact", "cause", "evidence",
        "actions", "since", "due_seconds", "due_event", "fingerprint", "explained_by", "waiver",
        "runbook",
    ]  # fmt: skip
    assert render(broken()) == render(broken())


def test_the_values_are_those_of_the_report():
    document = json.loads(render(broken()))

    assert document["started_at"] == "2026-03-01T12:00:00Z"
    assert document["duration_seconds"] == 0.912
    assert document["requests"] == {
        "total": 35,
        "by_api": {"ApiVersions": 34, "Metadata": 1},
        "writes": 0,
    }
    assert document["errors"] == [{"target": "broker 3", "error": "connection refused"}]
    assert document["coverage"] == {"evaluated": 3, "unknown": 4, "not_applicable": 1, "total": 8}
    assert document["findings"][0]["since"] == "2026-03-01T11:43:00Z"
    assert document["findings"][1]["explained_by"] == "f-broker-down"
    assert document["findings"][4]["waiver"] == {
        "reason": "a test topic",
        "owner": "data team",
        "expires": "2026-12-01",
    }


def test_escalate_is_there_only_where_it_is_true():
    flags = {one["check"]: one.get("escalate") for one in json.loads(render(broken()))["findings"]}

    assert flags.pop("disk-usage-high") is True
    assert set(flags.values()) == {None}


def test_objects_of_a_merged_finding_are_never_capped():
    [finding] = json.loads(render(diagnosed()))["findings"]
    objects = finding["evidence"]["objects"]

    assert len(objects) == 60
    assert objects[59]["subject"] == {"type": "partition", "topic": "orders", "partition": 59}
    assert objects[59]["evidence"]["missing_brokers"] == [2, 3]
    assert len({one["fingerprint"] for one in objects}) == 60
    assert list(objects[0]) == ["subject", "fingerprint", "symptom", "evidence"]


def test_a_mode_that_is_not_known_is_null():
    report = broken(cluster={"id": None, "mode": "unknown", "brokers": []})

    assert json.loads(render(report))["cluster"] == {
        "id": None,
        "name": None,
        "mode": None,
        "version": None,
        "brokers": [],
    }


PLAIN = [
    (numpy.int64(3), 3),
    (numpy.float64("nan"), None),
    (numpy.float32(0.5), 0.5),
    (numpy.bool_(True), True),
    (numpy.array([1, 2]), [1, 2]),
    (numpy.array(5), 5),
    (numpy.str_("x"), "x"),
    (pandas.NA, None),
    (pandas.NaT, None),
    (pandas.Timestamp("2026-01-01T00:00:00.5", tz="UTC"), "2026-01-01T00:00:00Z"),
    (pandas.Timedelta("5s"), 5.0),
    (pandas.Series([1, None]), [1.0, None]),
    (float("inf"), None),
    ({10, 9}, [9, 10]),
    ({"a", 1}, [1, "a"]),
    ((1, (2,)), [1, [2]]),
    ({1: START}, {"1": "2026-03-01T12:00:00Z"}),
    (datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))), "2026-01-01T00:00:00Z"),
    (datetime(2026, 1, 1, tzinfo=UTC).date(), "2026-01-01"),
    (date(2026, 1, 1), "2026-01-01"),
    (DOWN.finding.subject, {"type": "broker", "id": 3}),
    (True, True),
    (None, None),
]


@pytest.mark.parametrize(("value", "made"), PLAIN, ids=range(len(PLAIN)))
def test_values_of_any_library_are_made_plain(value, made):
    assert plain(value) == made
    assert type(plain(value)) is type(made)


def test_evidence_of_tables_becomes_numbers_and_nulls():
    finding = replace(DOWN.finding, evidence={"a": numpy.int64(1), "b": pandas.NA})
    report = broken(findings=(replace(DOWN, finding=finding),))

    assert json.loads(render(report))["findings"][0]["evidence"] == {"a": 1, "b": None}


def test_the_text_is_ascii_so_that_any_stream_takes_it():
    finding = replace(DOWN.finding, symptom="Größe \udc80 …")

    assert render(broken(findings=(replace(DOWN, finding=finding),))).isascii()


def test_formats_are_found_by_name():
    assert all(callable(renderer(name)) for name in FORMATS)
    assert renderer("json") is render
