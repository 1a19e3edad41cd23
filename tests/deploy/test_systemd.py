"""The units: systemd's own tools read them, and what they forbid is not needed."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from kdiag.cli.ending import FOUND, USAGE
from tests.deploy.units import HOME, section

SERVICES = ("kdiag-exporter.service", "kdiag-audit.service")
UNITS = (*SERVICES, "kdiag-audit.timer")
MOST_EXPOSED = 1.5
"""Of 10; below 2 is what systemd-analyze calls OK."""

_AT_OPT = 'mount --bind "$1" /opt && shift && exec "$@"'


@pytest.fixture(scope="module")
def analyze():
    found = shutil.which("systemd-analyze")
    if found is None:
        pytest.skip("needs systemd-analyze, of Debian's package systemd")
    return found


def test_systemd_reads_all_units_without_a_word(analyze, tmp_path):
    """With a program where the units look for it, as an installation has it."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        pytest.skip("needs root, to mount a directory at /opt")
    program = tmp_path / "kdiag/bin/kdiag"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")

    def verified():
        paths = [str(HOME / unit) for unit in UNITS]
        return subprocess.run(  # noqa: S603
            ["unshare", "--mount", "sh", "-c", _AT_OPT, "sh", tmp_path, analyze, "verify", *paths],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )

    assert "/opt/kdiag/bin/kdiag is not executable" in verified().stderr
    program.chmod(0o755)
    done = verified()
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("unit", SERVICES)
def test_little_is_exposed(analyze, unit):
    done = subprocess.run(  # noqa: S603
        [analyze, "security", "--offline=true", "--no-pager", str(HOME / unit)],
        capture_output=True,
        text=True,
        check=True,
    )

    [level] = re.findall(r"Overall exposure level .*: ([\d.]+)", done.stdout)
    assert float(level) <= MOST_EXPOSED


def test_the_audit_runs_at_a_time_that_systemd_understands(analyze):
    [when] = section("kdiag-audit.timer", "Timer")["OnCalendar"]

    done = subprocess.run([analyze, "calendar", when], capture_output=True, check=False)  # noqa: S603

    assert done.returncode == 0


def test_codes_that_are_no_failure_and_codes_that_stay_are_those_of_the_command_line():
    audit = section("kdiag-audit.service", "Service")
    exporter = section("kdiag-exporter.service", "Service")

    assert audit["SuccessExitStatus"] == [str(FOUND)]
    assert exporter["RestartPreventExitStatus"] == [str(USAGE)]
    assert exporter["Restart"] == ["on-failure"]


@pytest.mark.parametrize("unit", SERVICES)
def test_secrets_come_as_credentials_to_a_user_of_the_moment(unit):
    service = section(unit, "Service")

    assert service["DynamicUser"] == ["yes"]
    assert service["LoadCredential"] == ["client.properties:/etc/kdiag/client.properties"]
    assert "${CREDENTIALS_DIRECTORY}/client.properties" in service["ExecStart"][0]


def test_no_library_needs_memory_that_is_written_and_run():
    """MemoryDenyWriteExecute is on: the kernel's own switch for it is set, then all is loaded."""
    code = (
        "import ctypes, mmap\n"
        "assert ctypes.CDLL(None).prctl(65, 1, 0, 0, 0) == 0, 'no PR_SET_MDWE'\n"
        "try: mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC)\n"
        "except OSError: print('refused')\n"
        "import aiohttp, bcrypt, cramjam, httpx, kio, matplotlib.pyplot, numpy.linalg, pandas\n"
        "import scramp, ssl, uvicorn\n"
        "numpy.linalg.inv(numpy.eye(64)); ssl.create_default_context()\n"
        "print(cramjam.lz4.compress(b'x') is not None, bcrypt.gensalt()[:3])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
    if "no PR_SET_MDWE" in done.stderr:
        pytest.skip("needs a kernel that knows PR_SET_MDWE, 6.3 or newer")

    assert done.stdout == "refused\nTrue b'$2b'\n", done.stderr
