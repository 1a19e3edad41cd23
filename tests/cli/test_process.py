"""What only a process of its own shows: imports, streams, signals, exit codes."""

import os
import pty
import signal
import socket
import subprocess
import sys
import time

import pytest

HEAVY = ("pandas", "numpy", "matplotlib", "confluent_kafka", "kio", "rich", "asyncio")


def start(*arguments, **more):
    inherited = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    environment = {**inherited, "PYTHONUTF8": "1", **more.pop("env", {})}
    return subprocess.Popen(  # noqa: S603
        [sys.executable, *map(str, arguments)],
        env=environment,
        stdout=more.pop("stdout", subprocess.PIPE),
        stderr=subprocess.PIPE,
        text=True,
        **more,
    )


def run(*arguments, **more):
    process = start(*arguments, **more)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


@pytest.mark.parametrize("words", [("--help",), ("doctor", "--help"), ("--version",), ()])
def test_help_imports_nothing_heavy(words):
    code, _, err = run("-X", "importtime", "-m", "kdiag", *words)
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in err.splitlines()}

    assert code == 0
    assert "click" in imported
    assert not imported & (set(HEAVY) - ({"asyncio"} if words[:1] == ("doctor",) else set()))


def test_help_takes_less_cpu_than_a_third_of_a_second():
    def seconds():
        before = os.times().children_user + os.times().children_system
        run("-m", "kdiag", "--help")
        return os.times().children_user + os.times().children_system - before

    assert min(seconds() for _ in range(3)) < 0.3


def test_exit_codes_and_streams_of_a_real_process(broken_file, healthy_file):
    doctor = ("-m", "kdiag", "doctor", "--only", "under-min-isr", "--from")

    code, out, err = run(*doctor, broken_file)
    assert (code, err) == (10, "")
    assert "CRITICAL" in out
    assert run(*doctor, healthy_file)[0] == 0
    assert run(*doctor, "none.json")[::2] == (
        2,
        "kdiag: none.json: cannot be read: No such file or directory\n",
    )


def test_nobody_listening_ends_with_3():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"

        code, out, err = run("-m", "kdiag", "doctor", "--bootstrap-server", address)

    assert code == 3
    assert out == ""
    assert err.startswith("kdiag: ")
    assert address in err
    assert "Traceback" not in err


def test_ctrl_c_ends_with_130_within_a_second():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        process = start("-m", "kdiag", "doctor", "--bootstrap-server", address)
        silent.settimeout(30)
        with silent.accept()[0]:
            process.send_signal(signal.SIGINT)
            sent = time.monotonic()
            _, err = process.communicate(timeout=30)

    assert process.returncode == 130
    assert time.monotonic() - sent < 5
    assert err.strip() == "kdiag: interrupted"


def test_a_reader_that_goes_away_is_no_crash(broken_file):
    read, write = os.pipe()
    os.close(read)
    code, _, err = run(
        "-m", "kdiag", "doctor", "--only", "under-min-isr", "--from", broken_file, stdout=write
    )
    os.close(write)

    assert (code, err) == (141, "")


def test_a_stream_without_unicode_gets_plain_characters(broken_file):
    environment = {"PYTHONIOENCODING": "ascii"}

    code, out, err = run("-m", "kdiag", "doctor", "--from", broken_file, "--all", env=environment)

    assert code == 10
    assert err == ""
    assert out.isascii()
    assert run("-m", "kdiag", "doctor", "--help", env=environment)[0] == 0


@pytest.mark.parametrize(
    ("environment", "words", "is_coloured"),
    [
        ({}, (), True),
        ({"NO_COLOR": "1"}, (), False),
        ({"NO_COLOR": ""}, (), True),
        ({"TERM": "dumb"}, (), False),
        ({}, ("--no-color",), False),
        ({}, ("-o", "json"), False),
    ],
)
def test_a_terminal_gets_colours_unless_anything_says_no(
    broken_file, environment, words, is_coloured
):
    master, slave = pty.openpty()
    doctor = ("-m", "kdiag", "doctor", "--only", "under-min-isr", "--from", broken_file, *words)
    process = start(*doctor, stdout=slave, env={"TERM": "xterm", **environment})
    os.close(slave)
    out = b""
    while not out.endswith(b"under-min-isr\x1b[0m\r\n"):
        try:
            out += os.read(master, 65536)
        except OSError:
            break
    _, err = process.communicate(timeout=60)
    os.close(master)

    assert process.returncode == 10, err
    assert (b"\x1b[1;31mCRITICAL" in out) is is_coloured


def test_a_check_that_crashes_prints_nothing_without_v(tmp_path, broken_file):
    crash = (
        "import sys, kdiag.engine as engine\n"
        "def boom(*a): raise RuntimeError('boom')\n"
        "engine.given = boom\n"
        "from kdiag.cli import main\n"
        "main(sys.argv[1:])\n"
    )
    words = ("doctor", "--from", broken_file, "--only", "under-min-isr")

    assert run("-c", crash, *words)[2] == ""
    assert "RuntimeError: boom" in run("-c", crash, *words, "-v")[2]


def test_a_full_disk_and_a_closed_stream_are_no_crash(broken_file):
    doctor = ("-m", "kdiag", "doctor", "--only", "under-min-isr", "--from", broken_file)
    with open("/dev/full", "w") as full:  # noqa: PTH123
        code, _, err = run(*doctor, stdout=full)

    assert (code, err) == (2, "kdiag: stdout: cannot be written: No space left on device\n")
    command = f'exec "{sys.executable}" {" ".join(map(str, doctor))} >&-'
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True)  # noqa: S603
    assert (done.returncode, done.stderr) == (10, "")
