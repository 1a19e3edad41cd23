"""The audit as a command: files, history, exit codes, one sentence for what is wrong."""

import json

import pytest

from kdiag.sources.saved import save
from tests.audit.scenes import snapshot


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "s.json.gz"
    save(snapshot(), path)
    return str(path)


def test_three_files_are_written_and_findings_are_its_exit_code(kdiag, tmp_path, saved):
    out = tmp_path / "out"

    result = kdiag("audit", "--from", saved, "--output-dir", str(out))

    assert result.exit_code == 10
    assert result.stdout == ""
    assert f"{out}/report.html: 1 of 2 tasks of connector s3 is FAILED" in result.stderr
    assert {path.name for path in out.iterdir()} == {"report.json", "report.html", "report.md"}
    document = json.loads((out / "report.json").read_text())
    assert document["verdict"]["status"] == "critical"
    assert document["audit"]["chapters"][0]["id"] == "summary"


def test_formats_for_machines_are_written_beside_them(kdiag, tmp_path, saved):
    kdiag(
        *("audit", "--from", saved, "--output-dir", str(tmp_path)),
        *("--also", "sarif", "--also", "junit", "--also", "csv", "--also", "nagios"),
    )

    sarif = json.loads((tmp_path / "report.sarif").read_text())
    document = json.loads((tmp_path / "report.json").read_text())
    assert {one["ruleId"] for one in sarif["runs"][0]["results"]} == {
        one["check"] for one in document["findings"]
    }
    assert "<testsuites" in (tmp_path / "report.junit.xml").read_text()
    assert "disk-usage-high" in (tmp_path / "report.csv").read_text()
    assert (tmp_path / "report.nagios.txt").read_text().startswith("KDIAG CRITICAL - ")


def test_the_second_audit_compares_with_the_first(kdiag, tmp_path, saved):
    out, kept = tmp_path / "out", tmp_path / "kept"
    arguments = ("audit", "--from", saved, "--output-dir", str(out), "--history", str(kept))
    kdiag(*arguments, "--cluster-name", "prod")
    [first] = kept.glob("kdiag-prod-*.json")
    before = json.loads(first.read_text())
    before["started_at"] = "2026-02-22T12:00:00Z"
    before["findings"] = [one for one in before["findings"] if one["check"] != "disk-usage-high"]
    first.rename(kept / "kdiag-prod-20260222T120000Z.json").write_text(json.dumps(before))

    result = kdiag(*arguments, "--cluster-name", "prod", "--fail-on", "never")

    assert result.exit_code == 0
    document = json.loads((out / "report.json").read_text())
    assert document["audit"]["changes"]["new"] >= 1
    novelty = {one["check"]: one["novelty"] for one in document["findings"]}
    assert novelty["disk-usage-high"] == "new"
    assert "known" in novelty.values()
    assert document["cluster"]["name"] == "prod"
    assert (kept / "latest.html").resolve().name.startswith("kdiag-prod-20260301T120000Z")
    assert "Since the audit of 2026-02-22" in (out / "report.html").read_text()


def test_a_damaged_report_in_the_history_is_said_and_left(kdiag, tmp_path, saved):
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "kdiag-prod-20260222T120000Z.json").write_text("{")

    result = kdiag(
        *("audit", "--from", saved, "--output-dir", str(tmp_path / "out")),
        *("--history", str(kept), "--fail-on", "never"),
    )

    assert result.exit_code == 0
    assert "left out of the history: it is no report of kdiag" in result.stderr


def test_waivers_count(kdiag, tmp_path, saved):
    file = tmp_path / "w.yaml"
    file.write_text(
        "version: 1\nwaivers:\n  - {check: disk-usage-high, match: {cluster: xk5K0V3TQbW5}, "
        "reason: known, owner: ops, expires: 2026-12-31, allow_critical: true}\n"
        "  - {check: connector-failed, match: {connector: s3}, reason: known, owner: ops, "
        "expires: 2026-12-31, allow_critical: true}\n"
    )

    result = kdiag(
        *("audit", "--from", saved, "--output-dir", str(tmp_path)), *("--waivers", str(file))
    )

    assert result.exit_code == 0


def test_a_delivery_that_fails_is_exit_5_and_the_report_is_there(kdiag, tmp_path, saved):
    result = kdiag(
        *("audit", "--from", saved, "--output-dir", str(tmp_path)),
        *("--pushgateway", "http://127.0.0.1:9"),
    )

    assert result.exit_code == 5
    assert "kdiag: not delivered: " in result.stderr
    assert (tmp_path / "report.html").is_file()


def test_a_store_has_each_report_under_its_name_and_no_more_than_it_keeps(kdiag, tmp_path, saved):
    store, config = tmp_path / "store", tmp_path / "kdiag.toml"
    store.mkdir()
    old = store / "kdiag-prod-20260201T120000Z.html"
    old.write_text("")
    config.write_text(f'[audit.objects]\nurl = "file://{store}"\nkeep_count = 1\n')

    result = kdiag(
        *("audit", "--from", saved, "--output-dir", str(tmp_path / "out")),
        *("--cluster-name", "prod", "--config", str(config), "--fail-on", "never"),
    )

    assert result.exit_code == 0
    name = "kdiag-prod-20260301T120000Z"
    kept = {path.name for path in store.iterdir()}
    assert kept == {
        f"{each}.{kind}" for each in (name, "latest") for kind in ("json", "html", "md")
    }


def test_metrics_tell_when_it_was_done(kdiag, tmp_path, saved):
    file = tmp_path / "kdiag.prom"

    kdiag(*("audit", "--from", saved, "--output-dir", str(tmp_path)), *("--textfile", str(file)))

    assert "kdiag_audit_last_success_timestamp_seconds" in file.read_text()


def test_what_would_be_sent_is_shown_and_not_sent(kdiag, tmp_path, saved):
    result = kdiag(
        *("audit", "--from", saved, "--output-dir", str(tmp_path), "--preview-delivery"),
        *("--pushgateway", "http://127.0.0.1:9"),
    )

    assert result.exit_code == 10
    assert "would get:" in result.stdout


def test_a_place_that_cannot_be_written_is_said_before_anything_is_read(kdiag, tmp_path, saved):
    (tmp_path / "taken").write_text("")

    result = kdiag("audit", "--from", saved, "--output-dir", str(tmp_path / "taken" / "x"))

    assert result.exit_code == 2
    assert "taken" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Missing option '--output-dir'"),
        (("--output-dir", "x"), "--bootstrap-server HOST:PORT is missing"),
    ],
)
def test_what_is_missing_is_one_sentence(kdiag, tmp_path, monkeypatch, arguments, sentence):
    monkeypatch.chdir(tmp_path)

    result = kdiag("audit", *arguments)

    assert result.exit_code == 2
    assert sentence in result.stderr
