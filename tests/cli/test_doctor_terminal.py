import pytest

from kdiag.cli import provisional
from tests.cli.test_doctor import ONLY, collecting, sample  # noqa: F401 - a fixture


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr(provisional, "is_possible", lambda: True)
    monkeypatch.setenv("LINES", "12")
    monkeypatch.setenv("COLUMNS", "80")


def waiting(on_first_sample):
    on_first_sample(sample(), "growing lag from falling")
    return sample()


def test_the_first_page_appears_at_once_and_the_whole_one_takes_its_place(
    kdiag,
    collecting,  # noqa: F811
    terminal,
):
    collecting(waiting)
    result = kdiag("doctor", "--bootstrap-server", "h:9092", *ONLY)
    first, escape, whole = result.stdout.partition("\x1b[10A\x1b[J")
    assert escape
    assert len(first.splitlines()) == 10
    assert first.splitlines()[-1] == (
        "Waiting 5 s for a second sample to tell growing lag from falling."
    )
    assert whole.startswith("kdiag ")
    assert "Waiting" not in whole
    assert "First look" not in result.stderr


def test_json_waits_for_the_whole_page(kdiag, collecting, terminal):  # noqa: F811
    collecting(waiting)
    result = kdiag("doctor", "--bootstrap-server", "h:9092", *ONLY, "-o", "json")
    assert result.stdout.startswith("{")
    assert "\x1b" not in result.stdout


def test_watch_repeats_until_interrupted_and_says_what_changed(
    kdiag,
    collecting,  # noqa: F811
    monkeypatch,
):
    passes = iter([sample(), sample(isr=(1, 2, 3))])

    def act(_):
        try:
            return next(passes)
        except StopIteration:
            raise KeyboardInterrupt from None

    collecting(act)
    monkeypatch.setattr("time.sleep", lambda _: None)
    result = kdiag("doctor", "--bootstrap-server", "h:9092", *ONLY, "--watch", 1)
    assert result.stdout.count("kdiag 0") == 2
    assert "gone     critical  under-min-isr  partition orders-0" in result.stdout


def test_a_file_cannot_be_watched(kdiag, broken_file):
    result = kdiag("doctor", "--from", broken_file, "--watch", 5)
    assert result.exit_code == 2
    assert "--watch needs a cluster" in result.stderr
