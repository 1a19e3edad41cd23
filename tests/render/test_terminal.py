import re
from dataclasses import replace
from pathlib import Path

import pytest

from kdiag.diagnose import diagnose
from kdiag.finding import (
    CLUSTER,
    Action,
    CheckResult,
    Finding,
    Reported,
    Waiver,
    group,
    log_dir,
)
from kdiag.registry import load_checks
from kdiag.render.layout import cells
from kdiag.render.terminal import render
from kdiag.snapshot import Snapshot
from tests.render.reports import DISK, DOWN, broken, healthy, merged
from tests.tables import NOW, brokers, partition_row, partitions, topic_configs


def expected(name):
    return (Path(__file__).parent / "expected" / name).read_text()


def test_a_broken_cluster_on_80_columns():
    assert render(broken(), 80) == expected("broken_80.txt")


def test_a_broken_cluster_on_120_columns_with_everything():
    assert render(broken(), 120, all_=True) == expected("broken_120_all.txt")


def test_a_healthy_cluster_takes_few_lines():
    assert render(healthy(), 80) == expected("healthy_80.txt")
    assert render(healthy(), 80).count("\n") <= 8


def test_colour_only_marks_what_the_words_say():
    coloured = render(broken(), 80, color=True)

    assert "\x1b[1;31mCRITICAL\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == render(broken(), 80)
    assert "\x1b" not in render(broken(), 80)


@pytest.mark.parametrize("width", [1, 20, 40, 60, 79, 80, 100, 200])
@pytest.mark.parametrize("all_", [False, True])
def test_no_line_is_wider_than_the_screen_but_for_commands(width, all_):
    commands = {action.command for item in (DOWN, DISK) for action in item.finding.actions}

    for line in render(broken(), width, all_=all_).splitlines():
        text = line.strip()
        assert cells(line) <= max(width, 32) or text in commands or "kdiag explain" in text


def test_a_name_without_spaces_is_cut_at_the_edge_and_a_wide_one_counts_double():
    name = "订单" * 60
    finding = Finding("critical", group(name), f"Group {name} is stuck.", "It stays stuck.")

    lines = render(broken(findings=(Reported("x", finding, "f"),)), 80).splitlines()

    assert max(map(cells, lines)) <= 80


def test_names_cannot_drive_the_terminal():
    finding = Finding(
        "critical",
        group("g\x1b[2J\x07\u202eevil\nnext"),
        "Group g\x9b31m\r is stuck.",
        "",
        actions=(Action("Look.", "kafka \x1b]0;x\x07"),),
    )

    text = render(broken(findings=(Reported("x", finding, "f"),)), 80)

    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert r"g\x1b[2J\x07\u202eevil next" in text


def test_at_most_seven_causes_are_shown_and_the_others_counted():
    many = tuple(replace(DISK, fingerprint=f"f{number}") for number in range(10))

    text = render(broken(findings=many), 80)

    assert " 7 WARNING" in text
    assert " 8 WARNING" not in text
    assert "3 more warnings: kdiag doctor --all." in text
    assert "10 WARNING" in render(broken(findings=many), 80, all_=True)


def test_infos_and_waived_ones_are_counted_until_asked_for():
    text, everything = render(broken(), 80), render(broken(), 80, all_=True)

    assert "group-empty" not in text
    assert "1 more info, 1 waived: kdiag doctor --all." in text
    assert "group-empty" in everything
    assert "Waived   a test topic (data team, until 2026-12-01)" in everything


def test_a_command_stays_on_one_line_to_be_copied():
    [command] = [action.command for action in DISK.finding.actions]

    assert command in [line.strip() for line in render(broken(), 80).splitlines()]


def test_the_objects_of_a_merged_finding_are_counted_and_capped():
    rows = [partition_row("orders", number, isr=(1,)) for number in range(60)]
    limits = topic_configs({"orders": {"min.insync.replicas": "2"}})
    sections = {type(section): section for section in (partitions(*rows), limits, brokers())}
    snapshot = Snapshot(taken_at=NOW, sections=sections, bootstrap="h:9092")
    report = diagnose(snapshot, [load_checks().get("under-min-isr")], {})

    text = render(report, 80, all_=True)

    assert " 1 CRITICAL  under-min-isr  topic orders, 60 partitions" in text
    assert "partition orders-19 and 40 more." in re.sub(r"\s+", " ", text)
    assert "kafka-topics.sh --bootstrap-server h:9092 --describe" in text


def test_checks_that_saw_only_some_brokers_are_counted_with_the_brokers():
    results = tuple(CheckResult(f"c{n}", "ok", unseen=("broker 3: refused",)) for n in range(6))

    assert "6 of 6 checks evaluated, 6 saw only brokers 1 and 2." in render(
        broken(results=results), 120
    )


def test_where_many_brokers_were_seen_the_others_are_named():
    few = [{"id": number, "host": "h", "port": 1, "rack": None} for number in range(9)]
    results = (CheckResult("c", "ok", unseen=("broker 7: refused", "broker 8: refused")),)

    text = render(broken(results=results, cluster={"brokers": few}), 120)

    assert "1 did not see brokers 7 and 8." in text


def test_reasons_without_a_grant_are_capped():
    results = tuple(CheckResult(f"c{n}", "unknown", reason=f"reason {n}") for n in range(9))

    assert "6 checks for other reasons (-o json)" in render(broken(results=results), 120)


def test_nothing_known_of_the_cluster_is_said_and_does_not_break():
    report = broken(cluster={"mode": "unknown"}, counts={}, results=(), findings=(), requests={})

    assert render(report, 80).startswith(
        "kdiag 0.1.0  cluster without a known id  Kafka of unknown version\n"
        "0 of 0 checks evaluated.  0.9 s, 0 requests, read-only.\n"
    )


def test_what_is_waived_with_its_cause_is_counted_as_waived_and_not_as_folded():
    waived = replace(DOWN, waiver=Waiver("planned"))

    text = render(broken(findings=(waived, merged("at-min-isr", 48, DOWN.fingerprint), DISK)), 80)

    assert "49 waived: kdiag doctor --all." in text
    assert "folded" not in text


@pytest.mark.parametrize(
    ("shared", "subjects", "head"),
    [
        (group("a"), [group("a", "x"), group("a", "y")], "group a, 2 topics"),
        (group("a"), [group("a", "x", 0), group("a", "x", 1)], "group a, 2 partitions"),
        (CLUSTER, [group("a", "x"), group("a", "y"), group("b", "x")], "2 groups"),
        (CLUSTER, [log_dir(1, "/a"), log_dir(1, "/b")], "2 log dirs"),
    ],
)
def test_a_head_counts_what_tells_the_objects_apart(shared, subjects, head):
    finding = Finding("warning", shared, "Behind.", "Older data.")
    found = tuple({"subject": subject.as_dict(), "actions": ()} for subject in subjects)

    page = render(broken(findings=(Reported("lag-growing", finding, "f", found),)), 80)

    assert f"  {head}\n" in page
