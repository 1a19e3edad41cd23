"""`kdiag lab` as a person types it: each command is a process of its own, the lab lives on."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.live


@pytest.fixture
def kdiag(tmp_path):
    def run(*words):
        return subprocess.run(  # noqa: S603
            [sys.executable, "-m", "kdiag", *words], capture_output=True, text=True, timeout=180
        )

    def lab(word, *more):
        return run("lab", word, "--state-dir", str(tmp_path / "lab"), *more)

    yield run, lab
    lab("down")


def test_a_lab_is_started_broken_diagnosed_healed_and_ended(kdiag):
    run, lab = kdiag
    up = lab("up")
    assert up.returncode == 0, up.stderr
    bootstrap = up.stdout.split()[-1]

    assert lab("status").returncode == 0
    broken = lab("break", "unclean-election-enabled")
    assert broken.returncode == 0, broken.stderr
    words = ("doctor", "--bootstrap-server", bootstrap, "--sample-seconds", "0")
    found = run(*words, "--only", "unclean-election-enabled", "--fail-on", "warning")
    assert found.returncode == 10, found.stdout + found.stderr
    assert "topic inventory" in found.stdout
    healed = lab("heal")
    assert healed.returncode == 0, healed.stderr
    assert run(*words, "--only", "unclean-election-enabled", "--fail-on", "warning").returncode == 0
    assert "kafka" in lab("logs", "1", "--lines", "1000").stdout.lower()

    down = lab("down")
    assert down.returncode == 0, down.stderr
    assert lab("status").returncode == 2
