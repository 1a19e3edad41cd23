import hashlib
import os
import time
from pathlib import Path

import pytest

from kdiag.errors import LabError
from kdiag.lab import jars
from kdiag.lab.jars import Jar, fetch, parse_lock, read_lock, versions

_CONTENT = b"a jar"
_HASH = hashlib.sha256(_CONTENT).hexdigest()
_JAR = Jar("org.example", "thing", "1.0", "", _HASH)


def test_a_lock_line_gives_coordinates_hash_and_path() -> None:
    (jar,) = parse_lock(f"# comment\n\norg.example:thing:1.0:linux {_HASH}\n")
    assert jar.coordinates == "org.example:thing:1.0:linux"
    assert jar.path == Path("org.example/thing-1.0-linux.jar")
    assert jar.sha256 == _HASH


def test_a_lock_line_may_name_what_is_no_jar() -> None:
    (archive,) = parse_lock(f"org.example:thing:1.0:all:tar.gz {_HASH}\n")

    assert archive.coordinates == "org.example:thing:1.0:all:tar.gz"
    assert archive.path == Path("org.example/thing-1.0-all.tar.gz")


@pytest.mark.parametrize("line", ["org.example:thing 1.0", f"org.example {_HASH}", "a:b:c 00"])
def test_a_malformed_line_is_refused(line: str) -> None:
    with pytest.raises(LabError, match="malformed"):
        parse_lock(line)


def test_every_lock_file_of_the_package_names_each_jar_once() -> None:
    assert "4.4.0" in versions()
    for version in versions():
        paths = [jar.path for jar in read_lock(version)]
        assert len(paths) == len(set(paths)) > 40


def test_a_lock_file_names_the_kafka_and_a_logging_binding() -> None:
    names = {jar.coordinates for jar in read_lock("4.4.0")}
    assert "org.apache.kafka:kafka_2.13:4.4.0" in names
    assert any(name.startswith("org.apache.logging.log4j:log4j-slf4j-impl:") for name in names)


def test_an_unknown_version_names_those_that_exist() -> None:
    with pytest.raises(LabError, match=r"no Kafka 1\.0; it has .*4\.4\.0"):
        read_lock("1.0")


def test_a_cached_jar_is_used_and_one_with_another_hash_is_refused(tmp_path: Path) -> None:
    file = tmp_path / _JAR.path
    file.parent.mkdir()
    file.write_bytes(_CONTENT)
    assert fetch([_JAR], tmp_path) == [file]
    file.write_bytes(b"something else")
    with pytest.raises(LabError, match=r"org\.example:thing:1\.0 is refused"):
        fetch([_JAR], tmp_path)


def test_a_download_with_another_hash_is_refused_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def download(_jar: Jar, directory: Path) -> Path:
        (directory / "x.jar").write_bytes(b"something else")
        return directory / "x.jar"

    monkeypatch.setattr(jars, "_download", download)
    with pytest.raises(LabError, match="refused"):
        fetch([_JAR], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_download_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def download(_jar: Jar, directory: Path) -> Path:
        (directory / "x.jar").write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(jars, "_download", download)
    with pytest.raises(KeyboardInterrupt):
        fetch([_JAR], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_unreachable_mirror_is_one_sentence_that_names_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(jars.REPOSITORY_VARIABLE, "http://127.0.0.1:1/")
    with pytest.raises(LabError, match=r"^[^.]+[.].*KDIAG_MAVEN_REPOSITORY") as caught:
        fetch([_JAR], tmp_path)
    assert "127.0.0.1" not in str(caught.value)


def test_leftovers_of_a_killed_run_are_removed_once_they_are_old(tmp_path: Path) -> None:
    old, young = tmp_path / ".part-old", tmp_path / ".part-young"
    for path in (old, young):
        path.mkdir()
    hours_ago = time.time() - 7200
    os.utime(old, (hours_ago, hours_ago))
    jars.remove_leftovers(tmp_path)
    assert not old.exists()
    assert young.exists()
