"""Reports in a directory: names, links, what is removed and what never is."""

import json
import os
import stat
import threading
from datetime import UTC, datetime, timedelta

import pytest

from kdiag.audit.keeping import history, keep, require_writable
from kdiag.audit.names import label, outdated, stamp_of, stem
from kdiag.errors import UsageError

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FILES = {"json": "{}", "html": "<p>", "md": "#"}


def day(number):
    return AT + timedelta(days=number)


def names(directory):
    return sorted(path.name for path in directory.iterdir())


def document(cluster="abc", at="2026-03-01T12:00:00Z", version=1):
    return json.dumps({"schema_version": version, "cluster": {"id": cluster}, "started_at": at})


def test_files_are_named_by_cluster_and_time_and_the_latest_is_linked(tmp_path):
    made = keep(tmp_path / "new" / "dir", "prod-eu", AT, FILES)

    assert made["html"] == tmp_path / "new/dir/kdiag-prod-eu-20260301T120000Z.html"
    assert {kind: path.read_text() for kind, path in made.items()} == FILES
    latest = tmp_path / "new/dir/latest.html"
    assert latest.is_symlink()
    assert latest.readlink() == made["html"].relative_to(made["html"].parent)
    assert len(names(tmp_path / "new/dir")) == 6


def test_files_get_the_permissions_that_the_umask_leaves(tmp_path):
    before = os.umask(0o027)
    try:
        made = keep(tmp_path, "prod", AT, FILES)
    finally:
        os.umask(before)

    assert {stat.S_IMODE(path.stat().st_mode) for path in made.values()} == {0o640}


def test_a_report_that_is_written_again_takes_the_place_of_the_first(tmp_path):
    keep(tmp_path, "prod", AT, FILES)
    made = keep(tmp_path, "prod", AT, {**FILES, "md": "# again"})

    assert made["md"].read_text() == "# again"
    assert len(names(tmp_path)) == 6


def test_the_latest_never_goes_back(tmp_path):
    keep(tmp_path, "prod", day(1), FILES)
    keep(tmp_path, "prod", day(0), FILES)

    assert (tmp_path / "latest.json").readlink().name == f"{stem('prod', day(1))}.json"


def test_where_links_cannot_be_the_latest_is_a_copy(tmp_path, monkeypatch):
    def refuse(*_args, **_more):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("pathlib.Path.symlink_to", refuse)
    keep(tmp_path, "prod", day(0), FILES)
    keep(tmp_path, "prod", day(1), {**FILES, "md": "# next"})

    latest = tmp_path / "latest.md"
    assert not latest.is_symlink()
    assert latest.read_text() == "# next"


@pytest.mark.parametrize(
    ("count", "days", "left"),
    [(2, None, [3, 4]), (None, 1.5, [3, 4]), (1, 30, [4]), (None, None, [0, 1, 2, 3, 4])],
)
def test_reports_beyond_the_limits_are_removed(tmp_path, count, days, left):
    for number in range(5):
        keep(tmp_path, "prod", day(number), FILES, count, days)

    kept = [name for name in names(tmp_path) if not name.startswith("latest")]
    assert kept == sorted(
        f"{stem('prod', day(number))}.{kind}" for number in left for kind in FILES
    )


def test_what_is_not_a_report_of_this_cluster_is_never_removed(tmp_path):
    others = [
        "kdiag-prod-20200101T000000Z.json.gz",
        "kdiag-prod-20200101T000000Z.txt",
        "kdiag-prod-20209901T000000Z.json",
        "kdiag-prod-eu-20200101T000000Z.json",
        "kdiag-Prod-20200101T000000Z.json",
        "xkdiag-prod-20200101T000000Z.json",
        "notes.html",
        "latest.txt",
    ]
    for name in others:
        (tmp_path / name).write_text("mine")
    keep(tmp_path, "prod", day(-9), FILES)

    keep(tmp_path, "prod", AT, FILES, keep_count=1, keep_days=1)

    assert set(others) <= set(names(tmp_path))
    assert f"{stem('prod', day(-9))}.json" not in names(tmp_path)


def test_the_newest_report_stays_however_old_it_is():
    assert outdated([f"{stem('a', day(-99))}.json"], "a", AT, 0, 1) == []


@pytest.mark.parametrize("name", ["../../etc", "a/b", "a b", ".", "ä", "x" * 300, ""])
def test_any_name_of_a_cluster_becomes_a_part_of_a_file_name(tmp_path, name):
    made = keep(tmp_path, name, AT, FILES)

    assert {path.parent for path in made.values()} == {tmp_path}
    assert stamp_of(made["json"].name, name) == AT


def test_clusters_whose_names_look_alike_have_different_files():
    assert len({label(name) for name in ("a b", "a/b", "a_b", "a b ", "a  b")}) == 5


def test_a_directory_that_cannot_be_written_is_said_in_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(UsageError, match=r"/file/dir: cannot be written: Not a directory"):
        require_writable(tmp_path / "file/dir")
    with pytest.raises(UsageError, match="cannot be written"):
        keep(tmp_path / "file", "prod", AT, FILES)


def test_nothing_half_is_left_where_the_latest_cannot_be_linked(tmp_path):
    (tmp_path / "latest.html").mkdir()

    with pytest.raises(UsageError, match="cannot be written: Is a directory"):
        keep(tmp_path, "prod", AT, FILES)

    assert not [name for name in names(tmp_path) if name.endswith(".tmp")]


def test_runs_at_once_leave_whole_reports_and_the_newest_as_the_latest(tmp_path):
    runs = [
        threading.Thread(
            target=keep,
            args=(tmp_path, "prod", day(number % 4), dict.fromkeys(FILES, str(number)), 3),
        )
        for number in range(16)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()

    assert (tmp_path / "latest.md").readlink().name == f"{stem('prod', day(3))}.md"
    for number in range(1, 4):
        texts = {(tmp_path / f"{stem('prod', day(number))}.{kind}").read_text() for kind in FILES}
        assert len(texts) == 1
    assert len(names(tmp_path)) == 12


def test_the_history_is_in_order_and_names_what_it_leaves_out(tmp_path):
    texts = {
        2: document(at="2026-03-03T12:00:00Z"),
        0: document(at="2026-03-01T12:00:00Z"),
        1: document(at="2026-03-02T12:00:00Z"),
        3: document("other"),
        4: document(version=2),
        5: "{half",
        6: "[]",
        7: document(at="yesterday"),
        8: b"\xff".decode("latin-1"),
    }
    for number, text in texts.items():
        keep(tmp_path, "prod", day(number), {"json": text})
    said = []

    found = history(tmp_path, "abc", say=said.append)

    assert [one["started_at"][:10] for one in found] == ["2026-03-01", "2026-03-02", "2026-03-03"]
    assert len(said) == 6
    assert "it is of another cluster (other)" in " ".join(said)
    assert "its schema_version is 2, not 1" in " ".join(said)
    assert sum("it is no report of kdiag" in sentence for sentence in said) == 4
    assert stem("prod", day(5)) in " ".join(said)


def test_only_the_newest_of_a_long_history_are_read(tmp_path):
    for number in range(5):
        keep(
            tmp_path, "prod", day(number), {"json": document(at=f"2026-03-0{number + 1}T12:00:00Z")}
        )

    found = history(tmp_path, "abc", most=2)

    assert [one["started_at"][:10] for one in found] == ["2026-03-04", "2026-03-05"]


def test_a_cluster_without_an_id_has_no_history(tmp_path):
    keep(
        tmp_path,
        "prod",
        AT,
        {"json": json.dumps(json.loads(document()) | {"cluster": {"id": None}})},
    )

    assert history(tmp_path, None, say=lambda _: None) == []


def test_a_history_that_is_not_there_is_said_in_one_sentence(tmp_path):
    with pytest.raises(UsageError, match=r"/none: cannot be read: No such file"):
        history(tmp_path / "none", "abc")
