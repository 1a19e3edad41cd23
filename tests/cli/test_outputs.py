"""Each format by the command: what is written, and how it ends."""

import json
from xml.etree import ElementTree

import pytest

from kdiag.errors import ConnectError
from kdiag.render import FORMATS

ONLY = ("--only", "under-min-isr")


@pytest.mark.parametrize("format_", [name for name in FORMATS if name != "nagios"])
def test_every_format_is_written_and_ends_as_the_text_does(kdiag, broken_file, tmp_path, format_):
    result = kdiag("doctor", "--from", broken_file, *ONLY, "-o", format_)
    file = tmp_path / "out"
    to_file = kdiag("doctor", "--from", broken_file, *ONLY, "-o", format_, "--output-file", file)

    assert result.exit_code == to_file.exit_code == 10
    assert "under-min-isr" in result.stdout
    assert result.stderr == to_file.stdout == ""
    if format_ not in ("json", "junit"):  # these hold how long a check took
        assert file.read_bytes() == result.stdout_bytes


def test_sarif_and_junit_of_a_snapshot_are_whole(kdiag, broken_file):
    sarif = kdiag("doctor", "--from", broken_file, *ONLY, "-o", "sarif").stdout
    junit = kdiag("doctor", "--from", broken_file, *ONLY, "-o", "junit").stdout

    [rule] = json.loads(sarif)["runs"][0]["tool"]["driver"]["rules"]
    assert rule["shortDescription"]["text"] == "Partitions that refuse acks=all writes."
    assert rule["properties"]["tags"][0] == "replication"
    root = ElementTree.fromstring(junit)  # noqa: S314
    assert [suite.get("name") for suite in root] == ["replication"]
    assert root.get("failures") == "1"


def test_fail_on_decides_which_cases_of_junit_fail(kdiag, broken_file):
    result = kdiag("doctor", "--from", broken_file, *ONLY, "-o", "junit", "--fail-on", "never")

    assert ElementTree.fromstring(result.stdout).get("failures") == "0"  # noqa: S314
    assert result.exit_code == 0


def nagios(kdiag, file, *more):
    return kdiag("doctor", "--from", file, *more, "-o", "nagios")


def test_a_plugin_ends_with_the_codes_of_plugins(kdiag, broken_file, healthy_file):
    critical = nagios(kdiag, broken_file, *ONLY)
    ok = nagios(kdiag, healthy_file, *ONLY)
    partial = nagios(kdiag, healthy_file, "--only", "lag", "--strict")

    assert (critical.exit_code, critical.stdout[:16]) == (2, "KDIAG CRITICAL -")
    assert (ok.exit_code, ok.stdout[:10]) == (0, "KDIAG OK -")
    assert (partial.exit_code, partial.stdout[:15]) == (3, "KDIAG UNKNOWN -")


WRONG = [
    (("--from", "none.json"), "none.json: cannot be read"),
    (("--only", "under-min-irs"), "did you mean under-min-isr?"),
    (("--set", "nonsense"), "expected ID.NAME=VALUE"),
]


@pytest.mark.parametrize(("words", "said"), WRONG, ids=range(len(WRONG)))
def test_a_plugin_that_fails_is_unknown_in_one_line(kdiag, broken_file, words, said):
    result = nagios(kdiag, broken_file, *words)

    assert result.exit_code == 3
    assert result.stdout.startswith("KDIAG UNKNOWN - ")
    assert said in result.stdout
    assert result.stdout.count("\n") == 1


def test_a_plugin_without_an_address_is_unknown(kdiag):
    result = kdiag("doctor", "-o", "nagios")

    assert result.exit_code == 3
    assert result.stdout == (
        "KDIAG UNKNOWN - --bootstrap-server HOST:PORT is missing (or --from FILE)\n"
    )


@pytest.mark.parametrize("error", [ConnectError("h:9092: refused"), ZeroDivisionError("of\n|")])
def test_a_plugin_that_cannot_connect_or_crashes_is_unknown(kdiag, monkeypatch, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("kdiag.cli.doctor.report_of_cluster", fail)

    result = kdiag("doctor", "--bootstrap-server", "h:9092", "-o", "nagios")

    assert result.exit_code == 3
    assert result.stdout.startswith("KDIAG UNKNOWN - ")
    assert "|" not in result.stdout
    assert result.stdout.count("\n") == 1
