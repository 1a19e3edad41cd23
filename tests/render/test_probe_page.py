import importlib.resources
import json

import pytest

from kdiag.render import probe_json, probe_text
from kdiag.render.probe_text import duration
from tests.probe.runs import accounts, page, placed
from tests.render.schema import faults

SCHEMA = json.loads((importlib.resources.files("kdiag.render") / "probe.schema.json").read_text())
LATE = "_MSG_TIMED_OUT"


def failing():
    ledger = accounts(errors={1: (LATE, 4), 3: (LATE, 20)}, lost=1)
    seen = placed(gone=(3,), leaders=(1, 2, 1))
    return page(ledger, seen, failed_commits={"NO_ANSWER": 1}, read_errors={"_TRANSPORT": 2})


def empty():
    return page(accounts(sent=0), is_interrupted=True)


def test_the_verdict_comes_first_and_then_a_row_a_broker_and_what_was_written():
    text = probe_text.render(page())

    head, verdict, rows, below = text.split("\n\n")
    assert "cluster xk5K0V3TQbW5  topic kdiag-probe" in head
    assert verdict == "AVAILABLE  60 records went through all 3 brokers and came back."
    title, first, *others = rows.splitlines()
    assert title.split()[:7] == ["BROKER", "STATE", "SENT", "ACKED", "FAILED", "LOST", "BACK"]
    assert first.split()[:7] == ["1", "available", "20", "20", "0", "0", "100.00%"]
    assert len(others) == 2
    said = " ".join(below.split())
    assert "This wrote 60 records to topic kdiag-probe and 10 commits for group kdiag-" in said
    assert said.endswith("in 11.2 s, and nothing else.")


def test_what_failed_is_said_with_its_reason():
    text = " ".join(probe_text.render(failing()).split())

    assert "FAILING Broker 3 cannot be written to: it is fenced" in text
    assert "Partition 2, there for broker 3, was led by broker 1 at the end." in text
    assert "10; 1 failed (NO_ANSWER)." in text
    assert "Reading back met _TRANSPORT." in text


def test_what_was_made_for_the_run_is_said():
    made = page(made="created topic kdiag-probe with 3 partitions", made_offsets_topic=True)

    text = " ".join(probe_text.render(made).split())

    assert "It created topic kdiag-probe with 3 partitions. This wrote" in text
    assert text.endswith("The first commit made Kafka create __consumer_offsets.")


def test_what_is_not_known_is_a_dash():
    row = probe_text.render(empty()).split("\n\n")[2].splitlines()[1]

    assert set(row.split()[2:]) == {"-"}


@pytest.mark.parametrize("width", [80, 100, 120])
def test_a_terminal_gets_no_line_that_is_too_wide(width):
    for made in (page(), failing(), empty()):
        lines = probe_text.render(made, width).splitlines()
        assert max(map(len, lines)) <= width


@pytest.mark.parametrize("make", [page, failing, empty])
def test_the_document_is_as_its_schema_says(make):
    document = json.loads(probe_json.render(make()))

    assert list(faults(document, SCHEMA, SCHEMA)) == []


def test_the_document_has_what_the_page_has():
    document = json.loads(probe_json.render(failing()))

    assert document["verdict"]["status"] == "failing"
    assert document["written"]["records"] == 60
    assert document["brokers"][0]["errors"] == {LATE: 4}
    assert document["brokers"][0]["lost"] == 1
    assert document["moved"] == [{"partition": 2, "home": 3, "leader": 1}]
    assert document["commits"]["errors"] == {"NO_ANSWER": 1}


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.00042, "0.4 ms"), (0.0314, "31 ms"), (0.9, "900 ms"), (1.26, "1.3 s")]
)
def test_latencies_are_short(seconds, text):
    assert duration(seconds) == text
