"""Waivers by the command: what is hidden, what is counted, what is said of the file."""

import json

import pytest

ONLY = ("--only", "under-min-isr")


def file(tmp_path, **changes):
    keys = {
        "check": "under-min-isr",
        "match": "{topic: orders, partition: 0}",
        "reason": "a test topic",
        "owner": "data team",
        "expires": "2026-12-31",
        "allow_critical": "true",
        **changes,
    }
    lines = [f"{key}: {value}" for key, value in keys.items() if value is not None]
    path = tmp_path / "kdiag-waivers.yaml"
    path.write_text("version: 1\nwaivers:\n  - " + "\n    ".join(lines) + "\n")
    return path


def doctor(kdiag, source, waivers, *more):
    return kdiag("doctor", "--from", source, *ONLY, "--waivers", waivers, *more)


def test_a_waived_finding_does_not_fail_and_stays_in_the_json(kdiag, broken_file, tmp_path):
    result = doctor(kdiag, broken_file, file(tmp_path), "-o", "json")

    document = json.loads(result.stdout)
    [finding] = document["findings"]
    [state] = document["waivers"]
    assert result.exit_code == 0
    assert document["verdict"]["status"] != "critical"
    assert finding["waiver"] == {
        "reason": "a test topic",
        "owner": "data team",
        "expires": "2026-12-31",
    }
    assert (state["state"], state["waived_count"], state["line"]) == ("active", 1, 3)
    assert state["days_left"] == 305


def test_it_is_counted_on_the_page(kdiag, broken_file, tmp_path):
    text = doctor(kdiag, broken_file, file(tmp_path)).stdout

    assert "1 finding waived." in text
    assert " 1 waived: kdiag doctor --all." in text
    assert "CRITICAL" not in text
    everything = doctor(kdiag, broken_file, file(tmp_path), "--all").stdout
    assert "Waived   a test topic (data team, until 2026-12-31)" in everything


def said_of(kdiag, source, waivers):
    result = doctor(kdiag, source, waivers)
    return result.exit_code, " ".join(result.stdout.split())


def test_one_that_ends_soon_is_said(kdiag, broken_file, tmp_path):
    code, text = said_of(kdiag, broken_file, file(tmp_path, expires="2026-03-06"))

    assert code == 0
    assert (
        "Waivers: that of under-min-isr on topic orders, partition 0 (data team) expires in 5"
        in text
    )


def test_one_that_ended_gives_the_finding_back_with_a_note(kdiag, broken_file, tmp_path):
    code, text = said_of(kdiag, broken_file, file(tmp_path, expires="2026-02-28"))

    assert code == 10
    assert "Note Its waiver (a test topic; data team) expired on 2026-02-28." in text
    assert "Waivers: 1 has expired: under-min-isr on topic orders, partition 0 (data team)." in text


def test_one_that_matches_nothing_is_said(kdiag, broken_file, tmp_path):
    code, text = said_of(kdiag, broken_file, file(tmp_path, match="{topic: none}"))

    assert code == 10
    assert "Waivers: 1 matched nothing: under-min-isr on topic none (data team)." in text


def test_a_critical_finding_needs_to_be_allowed(kdiag, broken_file, tmp_path):
    code, text = said_of(kdiag, broken_file, file(tmp_path, allow_critical=None))

    assert code == 10
    assert "Note It is critical, and its waiver lacks allow_critical: true." in text
    assert "1 does not hold, as the findings say" in text


def test_a_check_that_is_unknown_stays_unknown(kdiag, healthy_file, tmp_path):
    waivers = file(tmp_path, check="lag-growing", match="{group: 'glob:*'}")
    words = ("doctor", "--from", healthy_file, "--only", "lag", "--waivers", waivers)

    assert kdiag(*words, "--strict").exit_code == 4
    document = json.loads(kdiag(*words, "-o", "json").stdout)
    assert document["coverage"]["unknown"] > 0
    assert document["waivers"][0]["state"] == "active"


@pytest.mark.parametrize("format_", ["sarif", "junit", "nagios", "github", "markdown", "csv"])
def test_every_output_counts_it_as_waived(kdiag, broken_file, tmp_path, format_):
    result = doctor(kdiag, broken_file, file(tmp_path), "-o", format_)

    words = {
        "sarif": '"status":"accepted"',
        "junit": "Waived: a test topic",
        "nagios": "'waived'=1;",
        "github": "1 waived.",
        "markdown": "## Waived",
        "csv": "\r\nwaived,critical,under-min-isr",
    }
    assert words[format_] in result.stdout_bytes.decode()
    assert result.exit_code == 0


def test_a_wrong_file_is_said_with_its_line(kdiag, broken_file, tmp_path):
    waivers = file(tmp_path, expires="soon")

    result = doctor(kdiag, broken_file, waivers)

    assert result.exit_code == 2
    assert result.stderr.startswith(f"kdiag: {waivers}:7: expires soon is no date")
    assert result.stderr.count("\n") == 1


def test_none_is_read_unless_one_is_given(kdiag, broken_file, tmp_path, monkeypatch):
    file(tmp_path)
    monkeypatch.chdir(tmp_path)

    assert kdiag("doctor", "--from", broken_file, *ONLY).exit_code == 10
    assert (
        kdiag("doctor", "--from", broken_file, *ONLY, KDIAG_WAIVERS="kdiag-waivers.yaml").exit_code
        == 0
    )
