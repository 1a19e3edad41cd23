"""The commands of the lab over a lab that is not there: wiring, words and exit codes."""

from dataclasses import replace

import pytest

from kdiag.cli import demo as demo_module
from kdiag.cli.demo import meets, named
from kdiag.errors import LabError
from kdiag.finding import broker, group, topic
from kdiag.lab import detached
from kdiag.lab.fault import Fault
from kdiag.lab.faults import FAULTS
from tests.render.reports import DOWN, broken, merged


@pytest.fixture
def status(tmp_path):
    node = detached.NodeStatus(1, ("broker", "controller"), "running", 77, "127.0.0.1:20001", ())
    return detached.LabStatus(
        tmp_path, "cid", "4.4.0", "127.0.0.1:20001", (node,), ("x",), (), (), 1
    )


def test_up_passes_its_flags_on_and_says_what_to_type_next(kdiag, monkeypatch, status, tmp_path):
    calls = []
    monkeypatch.setattr(detached, "up", lambda *a, **more: calls.append((a, more)) or status)

    result = kdiag(
        "lab", "up", "--brokers", 1, "--jmx", "rmi", "--listener", "mtls", "--state-dir", tmp_path
    )

    assert result.exit_code == 0
    assert result.stdout.endswith("\nkdiag doctor --bootstrap-server 127.0.0.1:20001\n")
    assert calls == [
        (
            (tmp_path, 1),
            {
                "kafka": "4.4.0",
                "metadata": "kraft",
                "listeners": ("mtls",),
                "port": None,
                "jmx": ("rmi",),
                "services": set(),
            },
        )
    ]


def test_up_says_how_doctor_is_told_of_what_stands_around(kdiag, monkeypatch, status):
    flags = ("--connect", "http://127.0.0.1:20003", "--postgres", "postgresql://k@h/shop")
    around = replace(status, flags=(*flags, "--config", "/my lab/kdiag.toml"))
    monkeypatch.setattr(detached, "up", lambda *_, **__: around)

    assert kdiag("lab", "up").stdout.endswith(
        " --connect http://127.0.0.1:20003 --postgres postgresql://k@h/shop --config "
        "'/my lab/kdiag.toml'\n"
    )


def test_status_shows_nodes_and_what_is_broken(kdiag, monkeypatch, status, tmp_path):
    monkeypatch.setattr(detached, "status", lambda state_dir: status)

    assert kdiag("lab", "status").stdout == (
        f"Kafka 4.4.0, cluster cid, in {tmp_path}\n"
        "    1  broker+controller  running  127.0.0.1:20001  pid 77\n"
        "Broken: x.\n"
        "1 load process.\n"
    )


def test_break_says_what_doctor_will_find(kdiag, monkeypatch):
    monkeypatch.setattr(detached, "break_", lambda state_dir, name: FAULTS[name])

    assert kdiag("lab", "break", "broker-killed").stdout == (
        "A broker crashed. kdiag doctor finds after 2 s: broker-down on broker 3.\n"
    )


def test_break_without_a_name_lists_all(kdiag):
    text = kdiag("lab", "break").stdout

    assert all(f"\n{name} " in f"\n{text}" for name in detached.KNOWN)


def test_heal_logs_and_down(kdiag, monkeypatch, tmp_path):
    log = tmp_path / "server.log"
    log.write_text("".join(f"line {number}\n" for number in range(200)))
    monkeypatch.setattr(detached, "heal", lambda state_dir, name: [FAULTS["broker-killed"]])
    monkeypatch.setattr(detached, "logs", lambda state_dir, broker: log)
    monkeypatch.setattr(detached, "down", lambda state_dir: None)

    assert kdiag("lab", "heal").stdout == "Healed: broker-killed.\n"
    assert kdiag("lab", "logs", 2, "--lines", 2).stdout == "line 198\nline 199\n"
    assert kdiag("lab", "down").stdout == "The lab is gone.\n"


def test_without_a_lab_it_says_how_to_start_one(kdiag, tmp_path):
    for command in ("status", "down", "heal", "logs"):
        result = kdiag("lab", command, "--state-dir", tmp_path)

        assert result.exit_code == 2
        assert "start one with: kdiag lab up" in result.stderr
        assert result.stderr.count("\n") == 1


def test_an_unknown_command_of_the_lab_gets_the_nearest_name(kdiag):
    result = kdiag("lab", "brake")

    assert result.exit_code == 2
    assert "did you mean break?" in result.stderr


def test_a_finding_meets_a_subject_by_itself_or_by_one_of_its_objects():
    assert meets(DOWN, {"type": "broker", "id": 3})
    assert not meets(DOWN, {"type": "broker", "id": 2})
    assert meets(merged("x", 3), {"type": "partition", "topic": "orders", "partition": 2})
    assert not meets(merged("x", 3), {"type": "partition", "topic": "orders", "partition": 3})


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        (broker(3).as_dict(), "broker 3"),
        (group("g", "t").as_dict(), "group g, topic t"),
        (topic("t").as_dict(), "topic t"),
        ({"type": "log_dir", "broker": 2}, "log dir of broker 2"),
    ],
)
def test_a_subject_of_the_lab_is_named_in_words(subject, words):
    assert named(subject) == words


class FakeLab:
    """A lab in which everything works and nothing runs."""

    ended = 0
    bootstrap = "h:1"

    def __init__(self, **options):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        type(self).ended += 1

    def __getattr__(self, name):
        return lambda *args, **options: None


@pytest.fixture
def fake_lab(monkeypatch):
    def inject(lab, faults):
        return 0

    class Lab(FakeLab):
        pass

    monkeypatch.setattr("kdiag.lab.Lab", Lab)
    monkeypatch.setattr("kdiag.lab.fault.inject", inject)
    monkeypatch.setattr(demo_module, "_SECONDS_OF_HEALTH", 0)
    monkeypatch.setattr(demo_module, "_SECONDS_OF_TROUBLE", 0)
    monkeypatch.setattr(demo_module, "_FAULTS", ("broker-killed",))
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    return Lab


def test_the_demo_ends_with_0_where_every_fault_was_named(kdiag, fake_lab, monkeypatch):
    monkeypatch.setattr(demo_module, "report_of_cluster", lambda chosen, connection: broken())

    result = kdiag("demo")

    assert result.stdout.endswith("\nbroker-killed  named: yes  broker-down on broker 3\n")
    assert result.exit_code == 0
    assert fake_lab.ended == 1


def test_the_demo_ends_with_10_where_a_fault_was_not_named(kdiag, fake_lab, monkeypatch):
    report = broken(findings=())
    monkeypatch.setattr(demo_module, "report_of_cluster", lambda chosen, connection: report)

    result = kdiag("demo")

    assert result.stdout.endswith("\nbroker-killed  named: no   broker-down on broker 3\n")
    assert result.exit_code == 10


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (LabError("No."), 2)])
def test_the_demo_cleans_up_whatever_happens(kdiag, fake_lab, monkeypatch, error, code):
    def fail(chosen, connection):
        raise error

    monkeypatch.setattr(demo_module, "report_of_cluster", fail)

    assert kdiag("demo").exit_code == code
    assert fake_lab.ended == 1


def test_every_fault_of_the_demo_exists_and_expects_something():
    names = (*demo_module._FAULTS, demo_module._NEEDS_ROOT)

    assert len(names) >= 6
    assert all(isinstance(FAULTS[name], Fault) and FAULTS[name].expects for name in names)
