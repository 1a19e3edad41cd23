import os
import pty
import re

import pytest

from kdiag.cli import watching
from kdiag.cli.flags import Connection
from kdiag.cli.watching import samples, watch
from kdiag.errors import ConnectError, UsageError
from kdiag.plan import plan_for
from kdiag.snapshot import Snapshot
from tests.tables import ago

CONNECTION = Connection("h:9092", None, 5, 30, 5, 5, 64, sample_records=False)


class Clock:
    """Time that passes only where it is slept."""

    def __init__(self, monkeypatch):
        self.now, self.slept = 100.0, []
        monkeypatch.setattr(watching.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(watching.time, "sleep", self.sleep)

    def sleep(self, seconds):
        self.slept.append(round(seconds, 3))
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def steps(*acts):
    """Return a function that does one act a call, and is interrupted after the last."""
    left = list(acts)

    def once():
        if not left:
            raise KeyboardInterrupt
        act = left.pop(0)
        if isinstance(act, Exception):
            raise act
        return act() if callable(act) else act

    return once


def test_what_is_no_terminal_gets_page_after_page_under_the_time(clock, capsys):
    with pytest.raises(KeyboardInterrupt):
        watch(10, steps("one\n", "two\n"))

    out = capsys.readouterr().out
    assert re.fullmatch(r"\d{4}-.* UTC\none\n\n\d{4}-.* UTC\ntwo\n\n", out)
    assert clock.slept == [10, 10]


def test_it_does_not_drift_and_skips_what_a_long_pass_took(clock):
    def takes(seconds):
        def act():
            clock.now += seconds
            return "page\n"

        return act

    with pytest.raises(KeyboardInterrupt):
        watch(10, steps(takes(0), takes(3), takes(25), takes(1)))

    assert clock.slept == [10, 7, 0, 4]


def test_a_cluster_that_goes_away_is_said_and_tried_again(clock, capsys):
    away = ConnectError("h:9092: connection\x1b refused")

    with pytest.raises(KeyboardInterrupt):
        watch(10, steps("one\n", away, "two\n"))

    out = capsys.readouterr().out
    assert "h:9092: connection\\x1b refused; trying again." in out
    assert out.index("one") < out.index("refused") < out.index("two")


def test_the_first_page_must_come(clock):
    with pytest.raises(ConnectError):
        watch(10, steps(ConnectError("h:9092: connection refused")))


def test_documents_come_without_the_time_and_trouble_goes_to_stderr(clock, capsys):
    with pytest.raises(KeyboardInterrupt):
        watch(1, steps("{}\n", ConnectError("gone"), "[]\n"), is_text=False)

    out, err = capsys.readouterr()
    assert out == "{}\n[]\n"
    assert "gone; trying again." in err


def test_a_file_holds_the_last_page(clock, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        watch(1, steps("one\n", "two\n"), tmp_path / "page")

    assert (tmp_path / "page").read_text() == "two\n"
    with pytest.raises(UsageError, match="cannot be written"):
        watch(1, steps("one\n"), tmp_path)


def test_a_terminal_is_drawn_over_in_one_write_and_never_scrolls(clock, monkeypatch):
    master, slave = pty.openpty()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(watching.shutil, "get_terminal_size", lambda: os.terminal_size((80, 8)))
    with os.fdopen(slave, "w") as terminal:
        monkeypatch.setattr(watching.sys, "stdout", terminal)
        with pytest.raises(KeyboardInterrupt):
            watch(1, steps("".join(f"row {n}\n" for n in range(20)), "short\n"))
        drawn = ""
        while drawn.count("\x1b[J") < 2:  # a terminal hands out what it has, piece by piece
            drawn += os.read(master, 65536).decode()
    os.close(master)

    first, second = drawn.split("\x1b[H")[1:]
    assert first.startswith("\x1b[2J")
    assert "15 more lines." in first
    assert first.count("\n") == 7
    assert second.startswith("short\x1b[K\r\n")
    assert second.endswith("\x1b[J")
    assert "\x1b[2J" not in second


def test_only_the_first_pass_pauses_and_the_others_compare_with_one_old_enough(monkeypatch):
    pauses, ages = [], [20, 18, 10, 0]
    before = Snapshot(taken_at=ago(25), sections={})

    def read(plan, connection, others):
        pauses.append(connection.sample_seconds)
        earlier = before if connection.sample_seconds else None
        return Snapshot(taken_at=ago(ages.pop(0)), sections={}, earlier=earlier)

    monkeypatch.setattr(watching, "read_cluster", read)
    watched = samples(plan_for(()), CONNECTION)

    taken = [watched.take() for _ in range(4)]

    assert pauses == [5, 0, 0, 0]
    assert [each.earlier.taken_at for each in taken] == [ago(25), ago(20), ago(18), ago(10)]
    assert all(each.earlier.earlier is None for each in taken)
