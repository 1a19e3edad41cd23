import json
import signal
import socket

import pytest

from kdiag.cli import watching
from kdiag.errors import ConnectError
from kdiag.sections import Commits
from kdiag.sources.saved import save
from tests.cli.test_process import start
from tests.pages.snapshots import lagging, remembered, snapshot, without
from tests.tables import commits, groups, members, offsets


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "lagging.json.gz"
    save(lagging(*remembered()), path)
    return path


@pytest.fixture
def reading(monkeypatch):
    """Put snapshots, or errors, in place of a cluster, one a pass; then interrupt."""

    def use(*passes):
        left = list(passes)

        def read(_plan, _connection, others):
            if not left:
                raise KeyboardInterrupt
            found = left.pop(0)
            if isinstance(found, Exception):
                raise found
            return found

        monkeypatch.setattr(watching, "read_cluster", read)
        monkeypatch.setattr(watching.time, "sleep", lambda _: None)

    return use


def test_a_row_a_group_and_topic(kdiag, file):
    result = kdiag("lag", "--from", file)

    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()[:3]] == ["GROUP", "slow", "even"]
    assert result.stderr == ""


def test_with_a_group_a_row_a_partition(kdiag, file):
    result = kdiag("lag", "sl*", "--from", file)

    assert result.stdout.splitlines()[0].split()[2] == "P"
    assert "even" not in result.stdout


def test_flags_choose_the_rows_and_their_order(kdiag, file):
    def rows(*words):
        document = json.loads(kdiag("lag", "--from", file, "-o", "json", *words).stdout)
        return [row["group"] for row in document["rows"]]

    assert rows() == ["slow", "even"]
    assert rows("--sort", "name") == ["even", "slow"]
    assert rows("--topic", "cl*") == ["even"]
    assert rows("--min-lag", 1) == ["slow"]
    assert rows("--partitions") == ["slow", "slow", "even"]
    assert rows("--limit", 1) == ["slow"]
    assert "1 more row (--limit)." in kdiag("lag", "--from", file, "--limit", 1).stdout


def test_what_could_not_be_read_ends_with_4_and_is_said(kdiag, tmp_path):
    save(without(lagging(), Commits), tmp_path / "s.json")

    result = kdiag("lag", "--from", tmp_path / "s.json")

    assert result.exit_code == 4
    assert "Not read: committed offsets" in result.stdout


def test_a_group_that_does_not_exist_ends_with_2_and_names_similar_ones(kdiag, file):
    result = kdiag("lag", "slwo", "--from", file)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == (
        "kdiag: there is no group 'slwo', or it may not be described; did you mean 'slow'?\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--bootstrap-server HOST:PORT is missing (or --from FILE)"),
        (("--from", "x", "--bootstrap-server", "h:1"), "exclude each other"),
        (("--from", "x", "--watch", "5"), "--watch needs a cluster"),
        (("--from", "none.json"), "cannot be read"),
        (("--sort", "size"), "'size' is not one of"),
        (("--watch", "0"), "is not in the range"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(kdiag, words, said):
    result = kdiag("lag", *words)

    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_the_page_goes_to_a_file_where_one_is_named(kdiag, file, tmp_path):
    result = kdiag("lag", "--from", file, "--output-file", tmp_path / "lag.txt")

    assert result.stdout == ""
    assert "slow-consumer" in (tmp_path / "lag.txt").read_text()


def test_no_connection_ends_with_3(kdiag, reading):
    reading(ConnectError("h:9092: connection refused"))

    result = kdiag("lag", "--bootstrap-server", "h:9092")

    assert (result.exit_code, result.stderr) == (3, "kdiag: h:9092: connection refused\n")


def test_watching_shows_what_changed_until_it_is_interrupted(kdiag, reading):
    moved = snapshot(
        commits({("slow", "orders", 0): 1500, ("slow", "orders", 1): 1000}),
        offsets({("orders", 0): 1900, ("orders", 1): 1900}),
        groups({"group": "slow"}),
        members(),
    )
    reading(lagging(), ConnectError("h:9092: connection refused"), moved)

    result = kdiag("lag", "--bootstrap-server", "h:9092", "--watch", 1)

    assert result.exit_code == 130
    assert "h:9092: connection refused; trying again." in result.stdout
    assert "-500" in result.stdout
    assert "Gone: even on clicks." in result.stdout


def test_ctrl_c_ends_a_process_that_watches_with_130():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        process = start("-m", "kdiag", "lag", "--bootstrap-server", address, "--watch", "5")
        silent.settimeout(60)
        with silent.accept()[0]:
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert err.splitlines()[-1] == "kdiag: interrupted"
