"""What is installed is what is in the checkout, in a wheel as well."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling import build

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = {"kdiag": "kdiag", "checks": "kdiag/checks", "runbooks": "kdiag/runbooks"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    target = tmp_path_factory.mktemp("wheel")
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        return target / build.build_wheel(str(target))
    finally:
        os.chdir(before)


def test_the_wheel_holds_checks_runbooks_and_lock_files_inside_the_package(wheel):
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    expected = {
        f"{inside}/{path.relative_to(ROOT / folder)}"
        for folder, inside in FOLDERS.items()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert expected <= names
    assert {name.partition("/")[0] for name in names} == {"kdiag"}


def test_the_wheel_works_without_the_checkout(wheel, tmp_path):
    """Run from the unpacked wheel alone: checks and runbooks are found inside it."""
    zipfile.ZipFile(wheel).extractall(tmp_path)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONSAFEPATH": "1"}
    code = "import kdiag, sys; print(kdiag.__file__); from kdiag.cli import main; main()"

    listed = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code, "explain", "under-min-isr"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
    )

    assert listed.returncode == 0, listed.stderr
    assert listed.stdout.startswith(str(tmp_path))
    assert "Partitions that refuse acks=all writes" in listed.stdout


def test_no_file_names_a_registry_or_this_machine():
    """Locks and sources name packages, never where they were fetched from."""
    banned = ("files.pythonhosted.org", "repo.maven.apache.org", "repo1.maven.org", "/work/")
    tracked = subprocess.run(
        ["git", "ls-files"],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout.split()

    for name in tracked:
        path = ROOT / name
        if path.is_file() and path != Path(__file__):
            text = path.read_text(errors="replace")
            assert not [word for word in banned if word in text], name
