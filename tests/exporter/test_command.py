"""`kdiag exporter` as a process, and what it says of wrong flags before it listens."""

import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

from kdiag.exporter.web.server import listen

NOBODY = "127.0.0.1:1"
WAIT_SECONDS = 30


def run(*arguments, **environment):
    command = [sys.executable, "-m", "kdiag", "exporter", *arguments]
    return subprocess.run(  # noqa: S603
        command,
        capture_output=True,
        text=True,
        timeout=60,
        env=_environment(environment),
        check=False,
    )


def _environment(more):
    import os

    return {**os.environ, **more}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "kdiag: --bootstrap-server HOST:PORT is missing\n"),
        (
            ["--bootstrap-server", NOBODY, "--groups", "("],
            "kdiag: --groups (: is no regular expression: missing ), unterminated subpattern at "
            "position 0\n",
        ),
        (
            ["--bootstrap-server", NOBODY, "--lag-slo", "billing=soon"],
            "kdiag: --lag-slo billing=soon: expected REGEX=SECONDS, with more than 0 seconds\n",
        ),
        (
            ["--bootstrap-server", NOBODY, "--web.listen-address", "nine"],
            "kdiag: --web.listen-address nine: expected HOST:PORT or :PORT\n",
        ),
        (
            ["--bootstrap-server", NOBODY, "--waivers", "/no/waivers.yaml"],
            "kdiag: /no/waivers.yaml: cannot be read: No such file or directory\n",
        ),
        (
            ["--bootstrap-server", NOBODY, "--web.config.file", "/no/web.yml"],
            "kdiag: /no/web.yml: cannot be read: No such file or directory\n",
        ),
    ],
)
def test_what_is_wrong_is_one_sentence(arguments, sentence):
    done = run(*arguments)

    assert done.returncode == 2
    assert done.stderr.splitlines(keepends=True)[-1] == sentence
    assert "Traceback" not in done.stderr


def test_an_address_that_is_taken_is_one_sentence():
    taken = listen("127.0.0.1:0")
    address = f"127.0.0.1:{taken.getsockname()[1]}"

    done = run("--bootstrap-server", NOBODY, "--web.listen-address", address)

    taken.close()
    assert done.returncode == 2
    assert f"kdiag: --web.listen-address {address}: Address already in use\n" in done.stderr


def test_flags_are_variables_too():
    done = run(KDIAG_BOOTSTRAP_SERVER=NOBODY, KDIAG_WEB_LISTEN_ADDRESS="nine")

    assert "--web.listen-address nine: expected HOST:PORT" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_without_a_cluster_it_serves_that_and_ends_at_a_signal(number):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "kdiag", "exporter", "--bootstrap-server", NOBODY]
    process = subprocess.Popen(  # noqa: S603
        [*command, "--web.listen-address", f"127.0.0.1:{port}", "--cluster-name", "prod"],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        text = _served(f"http://127.0.0.1:{port}/metrics", 'outcome="failed"} 1')
        process.send_signal(number)
        _, log = process.communicate(timeout=5)
    finally:
        process.kill()

    assert process.returncode == 0
    assert 'kdiag_up{kafka_cluster="prod"} 0' in text
    assert "only reads" in log
    assert "Traceback" not in log


def _served(url, what):
    """Return the page once it says something."""
    until = time.monotonic() + WAIT_SECONDS
    text = ""
    while what not in text:
        assert time.monotonic() < until, text
        try:
            text = httpx.get(url).text
        except httpx.TransportError:
            time.sleep(0.05)
    return text
