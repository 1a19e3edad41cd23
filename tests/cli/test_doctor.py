import json
import sys
from dataclasses import replace
from types import ModuleType

import pytest

from kdiag.cli.doctor import exit_code
from kdiag.collect import Limits
from kdiag.errors import ConnectError
from kdiag.finding import Verdict, Waiver
from kdiag.snapshot import Missing, Snapshot
from tests.cli.conftest import saved
from tests.render.reports import DISK, DOWN, HINT, broken, healthy, merged
from tests.tables import NOW, partition_row, partitions, topic_configs

ONLY = ("--only", "under-min-isr")


def test_findings_at_the_level_end_with_10(kdiag, broken_file):
    result = kdiag("doctor", "--from", broken_file, *ONLY)

    assert result.exit_code == 10
    assert "CRITICAL  under-min-isr  partition orders-0" in result.stdout
    assert "--bootstrap-server h:9092 --describe" in result.stdout
    assert result.stderr == ""


def test_a_healthy_cluster_ends_with_0(kdiag, healthy_file):
    result = kdiag("doctor", "--from", healthy_file, *ONLY)

    assert result.exit_code == 0
    assert "HEALTHY" in result.stdout
    assert result.stderr == ""


def test_json_goes_to_stdout_alone(kdiag, broken_file):
    result = kdiag("doctor", "--from", broken_file, *ONLY, "-o", "json")

    assert json.loads(result.stdout)["findings"][0]["check"] == "under-min-isr"
    assert result.stderr == ""


def test_the_report_goes_to_a_file_where_one_is_named(kdiag, broken_file, tmp_path):
    result = kdiag("doctor", "--from", broken_file, *ONLY, "--output-file", tmp_path / "r.txt")

    assert result.exit_code == 10
    assert result.stdout == ""
    assert "CRITICAL" in (tmp_path / "r.txt").read_text()


def test_a_file_that_cannot_be_written_is_a_usage_error(kdiag, broken_file, tmp_path):
    result = kdiag("doctor", "--from", broken_file, *ONLY, "--output-file", tmp_path)

    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


@pytest.mark.parametrize(
    "words", [("--only", "under-min-isr,at-min-isr"), ("--only", "replication", "--skip", "lag")]
)
def test_checks_are_selected_by_lists_of_ids_and_areas(kdiag, broken_file, words):
    result = kdiag("doctor", "--from", broken_file, *words, "-o", "json")

    checks = [one["check"] for one in json.loads(result.stdout)["results"]]
    assert "under-min-isr" in checks
    assert len(checks) > 1


WRONG = {
    ("--only", "under-min-irs"): "did you mean under-min-isr?",
    ("--only", "under-min-isr", "--skip", "replication"): "leave no check",
    ("--set", "under-min-isr.x=1"): "under-min-isr has no tunable x",
    ("--set", "nonsense"): "expected ID.NAME=VALUE",
    ("--config", "none.toml"): "none.toml: cannot be read",
    ("--from", "none.json"): "none.json: cannot be read",
    ("--bootstrap-server", "h:9092"): "exclude each other",
    ("--fail-on", "fatal"): "'fatal' is not one of",
    ("-o", "yaml"): "'yaml' is not one of",
    ("--sample-seconds", "-1"): "is not in the range",
    ("--timeout", "0"): "is not in the range",
    ("--strct",): "--strict",
}


@pytest.mark.parametrize(("words", "said"), WRONG.items(), ids=range(len(WRONG)))
def test_what_is_wrong_is_said_in_one_line(kdiag, broken_file, words, said):
    result = kdiag("doctor", "--from", broken_file, *words)

    assert result.exit_code == 2
    assert result.stderr.startswith("kdiag: ")
    assert result.stderr.count("\n") == 1
    assert said in result.stderr
    assert result.stdout == ""


def test_without_an_address_it_says_what_is_missing(kdiag):
    result = kdiag("doctor")

    assert result.exit_code == 2
    assert result.stderr == "kdiag: --bootstrap-server HOST:PORT is missing (or --from FILE)\n"


def test_a_file_beats_an_address_from_the_environment(kdiag, broken_file):
    result = kdiag("doctor", "--from", broken_file, *ONLY, KDIAG_BOOTSTRAP_SERVER="nowhere:1")

    assert result.exit_code == 10


def test_flags_come_from_the_environment(kdiag, broken_file):
    result = kdiag("doctor", KDIAG_FROM=str(broken_file), KDIAG_ONLY="under-min-isr")

    assert result.exit_code == 10
    assert kdiag("doctor", "--from", broken_file, *ONLY, KDIAG_FAIL_ON="never").exit_code == 0


def test_strict_ends_with_4_where_a_check_saw_only_a_part(kdiag, tmp_path):
    errors = {"broker 3": Missing("timed out")}
    path = saved(tmp_path / "s", partition_row("orders"), errors=errors)

    assert kdiag("doctor", "--from", path, "--only", "offline-partition").exit_code == 4
    complete = saved(tmp_path / "t", partition_row("orders"))
    assert kdiag("doctor", "--from", complete, *ONLY, "--strict").exit_code == 0
    assert kdiag("doctor", "--from", complete, "--only", "lag", "--strict").exit_code == 4


def test_colour_is_off_for_what_is_no_terminal(kdiag, broken_file):
    assert "\x1b" not in kdiag("doctor", "--from", broken_file, *ONLY).stdout


WAIVED = replace(DOWN, waiver=Waiver("planned"))
CODES = [
    (broken(), "critical", False, 10),
    (broken(findings=(DISK,)), "critical", False, 0),
    (broken(findings=(DISK,)), "warning", False, 10),
    (broken(findings=(HINT,)), "warning", False, 0),
    (broken(findings=(HINT,)), "info", False, 10),
    (broken(), None, False, 0),
    (broken(), None, True, 4),
    (broken(findings=(WAIVED,)), "critical", False, 0),
    (broken(findings=(WAIVED, merged("x", 2, WAIVED.fingerprint))), "warning", False, 0),
    (broken(findings=(DISK, merged("x", 2, DISK.fingerprint))), "warning", False, 10),
    (broken(findings=(), results=()), "critical", True, 0),
    (healthy(), "critical", False, 0),
    (healthy(), "critical", True, 4),
    (healthy(verdict=Verdict("unknown", "No verdict.")), "critical", False, 4),
]


@pytest.mark.parametrize(("report", "fail_on", "strict", "code"), CODES, ids=range(len(CODES)))
def test_exit_codes_follow_from_the_report(report, fail_on, strict, code):
    assert exit_code(replace(report, fail_on=fail_on, strict=strict)) == code


@pytest.fixture
def collecting(monkeypatch):
    """Put a function in place of the collector; return the calls that it gets."""
    calls = []

    def use(act):
        def collect(plan, bootstrap, settings, limits, on_first_sample, access, *beside):
            call = {"plan": plan, "bootstrap": bootstrap, "settings": settings, "limits": limits}
            calls.append(call | {"access": access, "beside": beside})
            return act(on_first_sample)

        module = ModuleType("kdiag.collect")
        module.collect, module.Limits = collect, Limits
        monkeypatch.setitem(sys.modules, "kdiag.collect", module)
        return calls

    return use


def sample(isr=(1,)):
    sections = (partitions(partition_row("orders", isr=isr)),)
    sections += (topic_configs({"orders": {"min.insync.replicas": "2"}}),)
    held = {type(section): section for section in sections}
    return Snapshot(taken_at=NOW, sections=held, bootstrap="h:9092", duration_seconds=0.8)


def test_the_collector_gets_what_the_flags_say(kdiag, collecting):
    calls = collecting(lambda more: sample())

    kdiag(
        "doctor", "--bootstrap-server", "h:9092", *ONLY, "--sample-seconds", 0, "--timeout", 7,
        "--request-timeout", 2, "--history-seconds", 3, "--history-mib", 4,
        "--jmx", "rmi://{host}:9999", "--jmx-username", "monitor", "--prometheus", "http://p:9090",
    )  # fmt: skip

    [call] = calls
    assert call["bootstrap"] == "h:9092"
    assert call["settings"].security_protocol == "PLAINTEXT"
    assert call["settings"].tls is None
    assert call["settings"].sasl is None
    assert call["limits"] == Limits(
        sample_seconds=0,
        timeout_seconds=7,
        request_timeout_seconds=2,
        history_seconds=3,
        history_bytes=4 << 20,
    )
    assert "min.insync.replicas" in call["plan"].topic_configs
    assert call["access"].urls == ("rmi://{host}:9999",)
    assert call["access"].username == "monitor"
    assert call["beside"][0].server.url == "http://p:9090"


def test_a_first_look_is_said_on_stderr_before_the_second_sample(kdiag, collecting):
    def act(on_first_sample):
        on_first_sample(sample(), "growing lag from falling")
        return sample()

    collecting(act)

    result = kdiag("doctor", "--bootstrap-server", "h:9092", *ONLY, "--sample-seconds", 5)

    assert result.stderr.startswith("First look after 0.8 s: Partition orders-0 has")
    assert result.stderr.endswith(
        "Waiting 5 s for a second sample to tell growing lag from falling.\n"
    )
    assert "First look" not in result.stdout
    assert result.exit_code == 10


def test_commands_carry_the_file_of_the_connection(kdiag, collecting, tmp_path):
    collecting(lambda more: sample())
    file = tmp_path / "my client.properties"
    file.write_text("security.protocol=PLAINTEXT\nbootstrap.servers=h:9092\nodd.key=1\n")

    result = kdiag("doctor", "--command-config", file, *ONLY)

    assert f"--bootstrap-server h:9092 --command-config '{file}' --describe" in result.stdout


def test_no_connection_ends_with_3_in_one_sentence(kdiag, collecting):
    def act(more):
        raise ConnectError("h:9092: connection refused")

    collecting(act)

    result = kdiag("doctor", "--bootstrap-server", "h:9092", *ONLY)

    assert result.exit_code == 3
    assert result.stderr == "kdiag: h:9092: connection refused\n"


def test_an_interrupt_ends_with_130_and_no_traceback(kdiag, collecting):
    def act(more):
        raise KeyboardInterrupt

    collecting(act)

    result = kdiag("doctor", "--bootstrap-server", "h:9092", *ONLY)

    assert result.exit_code == 130
    assert result.stderr.strip() == "kdiag: interrupted"


def test_a_crash_is_one_line_and_with_v_the_traceback(kdiag, collecting):
    def act(more):
        raise ZeroDivisionError("of\nnothing")

    collecting(act)

    result = kdiag("doctor", "--bootstrap-server", "h:9092", *ONLY)
    verbose = kdiag("doctor", "--bootstrap-server", "h:9092", *ONLY, "-v")

    assert result.exit_code == verbose.exit_code == 1
    assert result.stderr == (
        "kdiag: crashed: ZeroDivisionError: of nothing; run with -v for the traceback\n"
    )
    assert "Traceback" in verbose.stderr
    assert "Traceback" in kdiag("-v", "doctor", "--bootstrap-server", "h:9092", *ONLY).stderr


def test_what_takes_long_is_said_on_stderr(kdiag, collecting, monkeypatch):
    monkeypatch.setattr("kdiag.cli.progress._FIRST_SECONDS", 0.01)

    def act(more):
        import time

        time.sleep(0.3)
        return sample()

    collecting(act)

    result = kdiag("doctor", "--bootstrap-server", "h:9092", *ONLY)

    assert result.stderr == "Reading from h:9092, 0 s so far\n"


def test_variables_of_a_container_say_where_the_cluster_is(kdiag):
    result = kdiag("doctor", KDIAG_KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")

    assert result.exit_code == 3
    assert "127.0.0.1:1: cannot connect: connection refused" in result.stderr


def test_a_secret_that_a_variable_names_and_nobody_has_is_one_sentence(kdiag):
    result = kdiag(
        "doctor",
        KDIAG_KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1",
        KDIAG_KAFKA_SECURITY_PROTOCOL="SASL_PLAINTEXT",
        KDIAG_KAFKA_SASL_MECHANISM="SCRAM-SHA-512",
        KDIAG_KAFKA_SASL_USERNAME="ann",
        KDIAG_KAFKA_SASL_PASSWORD_FILE="/no/where",  # noqa: S106
    )

    assert result.exit_code == 2
    assert result.stderr == (
        "kdiag: environment: sasl.password_file: /no/where cannot be read: "
        "No such file or directory\n"
    )
