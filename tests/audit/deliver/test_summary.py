"""The ten lines, and who is told."""

import pytest

from kdiag.audit.deliver.news import is_news
from kdiag.audit.deliver.summary import summary, text
from tests.audit.deliver.reports import CHANGES, finding, written

NOTHING = {"new": 0, "gone": 0, "worse": 0, "better": 0, "unchanged": 9}


def test_the_summary_in_whole(tmp_path):
    report = written(tmp_path)

    assert text(summary(report, "https://reports.example/{file}")) == (
        "CRITICAL: Broker 3 is down: 48 partitions are one failure away from refusing writes. 1 "
        "more finding below.\n"
        "1 critical, 1 warning, 1 info. Since the report before: 2 new, 1 gone.\n"
        "1. CRITICAL: Broker 3 is down: 48 partitions are one failure away from refusing writes. "
        "Next: systemctl status kafka\n"
        "2. WARNING: The volume of /var/lib/kafka on broker 2 is 86 % full, 41.0 GiB are left. "
        "Next: kafka-log-dirs.sh --bootstrap-server 10.0.0.1:9092 --describe --broker-list 2 "
        "--topic-list orders\n"
        "3. INFO: Empty.\n"
        "Not seen: 4 of 8 checks could not be evaluated.\n"
        "The whole report: https://reports.example/kdiag-fraud-prod-20260301T120000Z.html\n"
    )


def test_without_a_link_the_path_is_said(tmp_path):
    report = written(tmp_path)

    assert text(summary(report)).endswith(f"The whole report: {report.html}\n")


def test_the_title_has_counts_and_what_is_new(tmp_path):
    assert summary(written(tmp_path)).title == (
        "[kdiag] fraud-prod: 1 critical, 1 warning, 1 info, 2 new"
    )


def test_a_report_without_a_verdict_never_looks_like_a_good_one(tmp_path):
    report = written(
        tmp_path, {}, findings=[], verdict={"status": "unknown", "sentence": "Not seen."}
    )

    said = summary(report)

    assert said.title == "[kdiag] fraud-prod: no verdict, nothing found"
    assert "Not seen: 4 of 8 checks" in text(said)
    assert "There is no earlier report to compare with." in text(said)


def test_a_new_line_in_a_name_starts_no_line(tmp_path):
    report = written(tmp_path, findings=[finding(symptom="Topic a\r\nBcc: b\nis\tgone.")])
    report.document["cluster"]["name"] = "prod\nBcc: x"

    said = summary(report)

    assert said.title == "[kdiag] prod Bcc: x: 1 critical, 2 new"
    assert said.top[0].symptom == "Topic a Bcc: b is gone."


def test_many_causes_are_counted_and_the_worst_named_in_ten_lines(tmp_path):
    causes = [finding("info", f"Info {number}.") for number in range(5)]
    causes += [finding("critical", f"Critical {number}.", novelty="new") for number in range(4)]

    said = summary(written(tmp_path, findings=causes))

    assert [cause.head for cause in said.top] == ["CRITICAL, new"] * 4 + ["INFO"]
    assert said.more == "4 more causes in the report."
    assert len(text(said).splitlines()) == 10


def test_what_is_waived_or_explained_is_not_named(tmp_path):
    causes = [finding(waiver={"reason": "a test"}), finding(explained_by="f")]

    said = summary(written(tmp_path, findings=causes))

    assert said.found == "nothing found."
    assert said.top == ()


def test_a_command_is_never_cut(tmp_path):
    long = [{"text": "Run it.", "command": "x " * 400, "effect": "safe"}]

    said = summary(written(tmp_path, findings=[finding(symptom="s" * 999, actions=long)]))

    assert said.top[0].action == "kdiag explain broker-down"
    assert len(said.top[0].symptom) == 300
    assert said.top[0].symptom.endswith("…")


@pytest.mark.parametrize(
    ("notify", "changes", "findings", "is_told"),
    [
        ("always", NOTHING, [], True),
        ("change", {}, [], True),
        ("change", NOTHING, [finding()], False),
        ("change", CHANGES, [], True),
        ("change", NOTHING | {"better": 1}, [], True),
        ("change", NOTHING | {"waived": 1}, [], True),
        ("new-critical", {}, [finding()], True),
        ("new-critical", {}, [finding("warning")], False),
        ("new-critical", CHANGES, [finding(novelty="new")], True),
        ("new-critical", CHANGES, [finding(novelty="known")], False),
        ("new-critical", CHANGES, [finding()], True),
        ("new-critical", NOTHING, [finding(novelty="known")], False),
        ("new-critical", NOTHING, [finding()], False),
        ("new-critical", NOTHING | {"worse": 1}, [finding()], True),
        ("new-critical", CHANGES, [finding(novelty="better")], False),
        ("new-critical", CHANGES, [finding(novelty="returned")], True),
        ("new-critical", CHANGES, [finding("warning", novelty="new")], False),
        ("new-critical", NOTHING | {"worse": 1}, [finding(novelty="worse")], True),
        ("new-critical", CHANGES, [finding(novelty="new", waiver={"reason": "r"})], False),
    ],
)
def test_who_is_told(tmp_path, notify, changes, findings, is_told):
    verdict = {"status": "degraded", "sentence": "Something."}
    report = written(tmp_path, changes, findings=findings, verdict=verdict)

    assert is_news(report, notify) is is_told


@pytest.mark.parametrize("notify", ["always", "change", "new-critical"])
def test_all_are_told_where_there_is_no_verdict(tmp_path, notify):
    report = written(tmp_path, NOTHING, findings=[], verdict={"status": "unknown", "sentence": ""})

    assert is_news(report, notify)
