"""What chapters say of a cluster with a past."""

import json

import pytest

from kdiag.audit.blocks import MOST_ROWS, Card, Figure, Table, table
from kdiag.audit.chapters.glossary import TERMS
from kdiag.audit.wording import written
from kdiag.sections import LogDirs, PastEnds, Replicas
from kdiag.waivers.file import read_waivers
from tests.audit.scenes import CHECKS, EVIL, made
from tests.connect_tables import OTHER, URL


def chapter(audit, id_):
    return next(each for each in audit.chapters if each.id == id_)


def rows(audit, id_, caption):
    """Return the rows of a table, each as heading → cell."""
    [found] = [
        block
        for block in chapter(audit, id_).observations
        if isinstance(block, Table) and block.caption.startswith(caption)
    ]
    names = [column.heading for column in found.columns]
    return [dict(zip(names, row, strict=True)) for row in found.rows]


def figures(audit):
    return {
        block.id: block
        for each in audit.chapters
        for block in each.observations
        if isinstance(block, Figure)
    }


@pytest.fixture(scope="module")
def audit():
    return made()


def test_chapters_are_in_the_order_in_which_they_are_read(audit):
    assert [each.id for each in audit.chapters] == [
        *("summary", "next", "findings", "groups", "capacity", "durability"),
        *(
            "pipelines",
            "security",
            "clients",
            "drift",
            "controls",
            "coverage",
            "waivers",
            "glossary",
        ),
    ]


def test_the_summary_has_the_verdict_and_what_to_do_first(audit):
    first = chapter(audit, "summary")

    assert first.conclusions == (audit.report.verdict.sentence,)
    assert first.recommendations[0].risk == "critical"
    numbers = {row["What"]: row["Now"] for row in rows(audit, "summary", "In numbers")}
    assert numbers["Brokers"] == "3"
    assert numbers["Fullest volume"] == "95%"
    assert numbers["Partitions that stop for some clients if one broker fails"] == "2"


def test_what_breaks_next_is_in_the_order_of_its_time(audit):
    times = [row["In"] for row in rows(audit, "next", "With a time")]
    events = [row["When"] for row in rows(audit, "next", "With an event")]

    assert times == sorted(times)
    assert "broker 3 fails" in events
    assert "rack r1 fails" in events


def test_each_cause_has_a_card_with_what_to_do(audit):
    cards = [b for b in chapter(audit, "findings").observations if isinstance(b, Card)]
    roots = [item for item in audit.report.findings if item.is_root]

    assert {card.fingerprint for card in cards} == {item.fingerprint for item in roots}
    assert all(card.actions for card in cards)


def test_an_area_of_which_nothing_was_evaluated_is_not_called_good(audit):
    texts = [getattr(b, "text", "") for b in chapter(audit, "findings").observations]

    assert any("none of" in text and "could be evaluated" in text for text in texts)


def test_groups_that_are_behind_are_listed_with_what_they_lose(audit):
    [row] = rows(audit, "groups", "Groups that are behind")

    assert (row["Group"], row["Topic"]) == (EVIL, "orders")
    assert row["Records behind"] == 140_000
    assert row["Oldest unread"] >= 3600


def test_figures_tell_in_words_what_they_show(audit):
    found = figures(audit)

    assert set(found) == {"lag", "rebalances", "work", "forecast", "sizes", "brokers"}
    assert all(len(figure.alt) > 40 for figure in found.values())
    [panel] = found["lag"].data["panels"]
    assert panel["values"][-1] == 140_000
    assert panel["times"] == sorted(panel["times"])


def test_work_by_hour_counts_what_was_committed(audit):
    work = figures(audit)["work"]

    assert work.data["rows"] == [EVIL]
    assert sum(work.data["values"][0]) == 2 * 9_000 * 11


def test_the_plan_for_three_times_the_load_counts_partitions(audit):
    plan = {row["Topic"]: row for row in rows(audit, "capacity", "Partitions for 3 times")}

    assert plan["orders"]["Partitions"] == 2
    assert plan["orders"]["Slowest group"] == EVIL
    assert plan["orders"]["Needed"] > 2
    assert plan["orders"]["Enough"] == "no"


def test_a_loss_is_told_by_broker_and_by_rack(audit):
    lost = {row["Lost"]: row for row in rows(audit, "durability", "If one is lost")}

    assert lost["broker 3"]["Partitions offline"] == 1
    assert lost["rack r1"]["Refuse acks=all"] == 2


def test_pipelines_show_connectors_by_their_tasks(audit):
    [row] = rows(audit, "pipelines", "Connectors")

    assert (row["Connector"], row["State"]) == ("s3", "RUNNING")
    assert (row["Tasks"], row["Failed"]) == (2, 1)
    states = {row["Worker"]: row["State"] for row in rows(audit, "pipelines", "Workers")}
    assert states == {URL: "answers", OTHER: "Kafka Connect cannot be reached"}


def test_pipelines_show_databases_and_what_they_keep(audit):
    slots = {row["Slot"]: row for row in rows(audit, "pipelines", "Replication slots")}
    states = [row["State"] for row in rows(audit, "pipelines", "Databases")]

    assert (slots["left"]["Read"], slots["left"]["Kept WAL"]) == ("no", 1 << 20)
    assert slots["debezium"]["Read"] == "yes"
    assert states == ["answers", "timed out after 5 s"]


def test_pipelines_show_queries_of_ksqldb_and_what_its_servers_say(audit):
    queries = {row["Query"]: row for row in rows(audit, "pipelines", "Queries of ksqlDB")}
    states = [row["State"] for row in rows(audit, "pipelines", "Servers of ksqlDB")]

    assert queries["CSAS_PAID_9"]["State"] == "ERROR"
    assert queries["CTAS_TOTALS_7"]["State"] == "RUNNING"
    assert queries["CTAS_TOTALS_7"]["Writes"] == "TOTALS"
    assert states == ["answers", "ksqlDB cannot be reached"]


def test_security_says_what_is_open(audit):
    listeners = {row["Listener"]: row for row in rows(audit, "security", "Listeners")}

    assert listeners["CLIENTS"]["Encrypted"] == "no"
    assert listeners["SAFE"]["Authenticated"] == "yes"
    assert (
        "No authorizer is set: whoever gets in may do everything."
        in chapter(audit, "security").conclusions
    )


def test_drift_has_a_column_for_each_broker(audit):
    [row] = rows(audit, "drift", "Settings that differ")

    assert row == {
        "Key": "log.retention.hours",
        "Broker 1": "168",
        "Broker 2": "168",
        "Broker 3": "24",
    }


def test_controls_with_findings_come_first_and_none_is_called_met(audit):
    listed = rows(audit, "controls", "Controls, by what")
    states = [row["Here"] for row in listed]
    found = [row["Checks"].split(", ") for row in listed if row["Here"] == "finding"]

    order = ["finding", "not seen", "no finding", "does not apply"]
    assert states == sorted(states, key=order.index)
    named = {check for checks in found for check in checks}
    assert "disk-usage-high" in named
    assert {row["Framework"].split()[0] for row in listed} >= {"CIS", "PCI", "SOC", "ISO/IEC"}


def test_what_was_not_read_is_said_and_not_shown_as_nothing():
    audit = made(LogDirs, Replicas, PastEnds)
    capacity = chapter(audit, "capacity")

    assert "forecast" not in figures(audit)
    assert any("it was refused (needs Describe on Cluster)" in each for each in capacity.unseen)
    assert "When a volume is full cannot be told: see what was not seen." in capacity.conclusions


def test_waived_findings_are_in_their_chapter_and_nowhere_else(tmp_path):
    file = tmp_path / "waivers.yaml"
    all_ = "match: {cluster: xk5K0V3TQbW5}, reason: known, owner: ops"
    file.write_text(
        "version: 1\nwaivers:\n"
        f"  - {{check: disk-usage-high, {all_}, expires: 2026-03-05, allow_critical: true}}\n"
        f"  - {{check: broker-down, {all_}, expires: 2026-12-31}}\n"
        f"  - {{check: broker-config-drift, {all_}, expires: 2026-02-01}}\n"
    )
    audit = made(waivers=read_waivers(file, [check.id for check in CHECKS]))

    states = {row["Check"]: row["State"] for row in rows(audit, "waivers", "Waivers")}
    assert states == {
        "disk-usage-high": "expiring",
        "broker-down": "unused",
        "broker-config-drift": "expired",
    }
    waived = rows(audit, "waivers", "Findings that are accepted")
    assert {row["Check"] for row in waived} == {"disk-usage-high"}
    cards = {b.check for b in chapter(audit, "findings").observations if isinstance(b, Card)}
    assert "disk-usage-high" not in cards
    assert "broker-config-drift" in cards


def test_the_document_is_the_report_with_its_chapters(audit):
    document = json.loads(json.dumps(audit.document, allow_nan=False))

    assert document["schema_version"] == 1
    kinds = {
        block["kind"] for each in document["audit"]["chapters"] for block in each["observations"]
    }
    assert kinds == {"table", "figure", "text", "card"}


def test_a_long_table_says_how_much_is_left_out():
    made_ = table("Numbers", {"N": "count"}, [(n,) for n in range(MOST_ROWS + 7)])

    assert (len(made_.rows), made_.total) == (MOST_ROWS, MOST_ROWS + 7)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "count", "\u2013"),
        (float("nan"), "bytes", "\u2013"),
        (1234567, "count", "1,234,567"),
        (0.875, "ratio", "88%"),
        (3 * 1024**3, "bytes_per_second", "3 GiB/s"),
        (7200.0, "seconds", "2 h"),
        (12.345, "per_second", "12.3/s"),
        ("2026-03-01T12:00:00+00:00", "time", "2026-03-01 12:00 UTC"),
        ("a|b", "text", "a|b"),
    ],
)
def test_numbers_are_written_in_their_unit(value, unit, text):
    assert written(value, unit) == text


def test_terms_are_sorted_and_explained():
    assert list(TERMS) == sorted(TERMS, key=str.lower)
    assert all(text.endswith(".") for text in TERMS.values())
