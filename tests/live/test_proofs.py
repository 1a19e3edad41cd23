"""What kdiag never does, seen from the broker's side: it does not write, and it does not tell."""

import gzip
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from kdiag.cli import _COMMANDS
from kdiag.lab import Lab
from kdiag.lab.plan import free_ports
from kdiag.lab.waiting import wait_until
from kdiag.wire.allowlist import APIS, BY_KEY
from tests.live.between import Between
from tests.live.exporting import exporting, told
from tests.live.issuing import issuer
from tests.live.proxied import KIND, Proxied, proxied

pytestmark = pytest.mark.live

CANARY = "canary-7f3a9c"
WRITES = {0, 8, 11, 12, 13, 14, 19, 20, 22, 24, 25, 26, 28, 33, 37, 43, 44, 45, 47, 68, 76}
"""Produce, OffsetCommit, JoinGroup and its like, CreateTopics, transactions, alterations."""


@pytest.fixture(scope="module")
def virgin() -> Iterator[Proxied]:
    """A broker that creates topics by name, and on which nothing is yet."""
    with proxied(1, auto_create_topics_enable="true") as cluster:
        yield cluster


def command(cluster: Proxied, *words: str) -> list[str]:
    config = cluster.lab.client_properties(KIND)
    where = ("--bootstrap-server", cluster.bootstrap, "--command-config", str(config))
    return [sys.executable, "-m", "kdiag", *words, *where]


def run(cluster: Proxied, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        command(cluster, *words), capture_output=True, text=True, timeout=90
    )


def state(lab: Lab) -> tuple[set[str], list[object]]:
    """Return topics and groups."""
    listed = lab.admin().list_consumer_groups(request_timeout=10).result()
    return set(lab.admin().list_topics(timeout=10).topics), list(listed.valid)


@contextmanager
def only_reads(cluster: Proxied) -> Iterator[Between]:
    """Let something run, and look at what it sent and what it left."""
    [proxy] = cluster.proxies.values()
    before = state(cluster.lab)
    proxy.seen.clear()
    yield proxy
    assert proxy.keys, "nothing came by"
    for key, version in proxy.seen:
        assert key in BY_KEY, f"a request with key {key}"
        assert BY_KEY[key].oldest <= version <= BY_KEY[key].newest
    assert not proxy.keys & WRITES
    assert state(cluster.lab) == before == (set(), [])


def test_no_request_that_writes_is_allowed() -> None:
    assert not WRITES & set(BY_KEY)


@pytest.mark.parametrize(
    "words",
    [
        ("doctor", "--sample-seconds", "1", "--sample-records"),
        ("lag",),
        ("group", "no-such-group"),
        ("preflight", "restart", "1"),
        ("preflight", "upgrade", "4.4"),
    ],
    ids=" ".join,
)
def test_a_command_only_reads(virgin: Proxied, words: tuple[str, ...]) -> None:
    with only_reads(virgin):
        done = run(virgin, *words)
    assert "Traceback" not in done.stderr


MOVES = {"version": 1, "partitions": [{"topic": "none", "partition": 0, "replicas": [1]}]}
READING = {"doctor", "lag", "group", "audit", "preflight", "snapshot", "exporter", "mcp"}
LOCAL = {
    "checks": (),
    "acl": ("--principal", "User:kdiag"),
    "facts": (),
    "lint": ("examples",),
    "manifests": ("rules",),
    "config": ("view", "doctor"),
    "explain": ("broker-down",),
    "diff": ("none.json", "none.json"),
    "waive": ("0" * 16, "--reason", "r", "--owner", "o", "--expires", "2030-01-01"),
}
"""Commands that have nothing to ask a broker for."""

WRITING = {"probe", "lab", "demo"}
"""They say so, and make what they write to or were told to write to it."""


def test_every_command_is_known_to_read_to_ask_nobody_or_to_write() -> None:
    assert set(_COMMANDS) == READING | set(LOCAL) | WRITING


def test_an_audit_and_a_preflight_only_read(virgin: Proxied, tmp_path: Path) -> None:
    (tmp_path / "moves.json").write_text(json.dumps(MOVES))
    words = (
        ("audit", "--output-dir", str(tmp_path / "audit"), "--sample-seconds", "0"),
        ("preflight", "restart", "1"),
        ("preflight", "reassign", str(tmp_path / "moves.json")),
    )
    for each in words:
        with only_reads(virgin):
            done = run(virgin, *each)
        assert "Traceback" not in done.stderr


def test_a_page_of_lag_that_is_watched_only_reads(virgin: Proxied) -> None:
    with only_reads(virgin) as proxy:
        process = subprocess.Popen(  # noqa: S603
            command(virgin, "lag", "--watch", "1"), stdout=subprocess.DEVNULL
        )
        try:
            wait_until(lambda: passes(proxy) >= 2, "there were two passes", 60)
        finally:
            process.terminate()
            process.wait(30)


def test_the_other_commands_ask_nobody(virgin: Proxied, tmp_path: Path) -> None:
    """Even where the environment says where the cluster is."""
    [proxy] = virgin.proxies.values()
    proxy.seen.clear()
    where = {"KDIAG_BOOTSTRAP_SERVER": virgin.bootstrap}
    for name, words in LOCAL.items():
        subprocess.run(  # noqa: S603
            [sys.executable, "-m", "kdiag", name, *words],
            env={**os.environ, **where},
            capture_output=True,
            timeout=90,
            cwd=tmp_path,
            check=False,
        )
    assert not proxy.seen


def test_a_snapshot_only_reads(virgin: Proxied, tmp_path: Path) -> None:
    with only_reads(virgin):
        done = run(virgin, "snapshot", "--output-file", str(tmp_path / "s.json.gz"))
    assert done.returncode == 0, done.stderr


def test_watching_only_reads(virgin: Proxied) -> None:
    words = ("doctor", "--watch", "1", "--sample-seconds", "1", "-o", "json")
    with only_reads(virgin) as proxy:
        process = subprocess.Popen(  # noqa: S603
            command(virgin, *words), stdout=subprocess.DEVNULL
        )
        try:
            ends_at = time.monotonic() + 60
            while passes(proxy) < 3 and time.monotonic() < ends_at:
                time.sleep(0.2)
        finally:
            process.terminate()
            process.wait(30)
        assert passes(proxy) >= 3


def passes(proxy: Between) -> int:
    metadata = APIS["Metadata"]
    return proxy.seen[metadata.key, metadata.newest]


def test_the_exporter_only_reads(virgin: Proxied) -> None:
    config = virgin.lab.client_properties(KIND)
    where = ("--bootstrap-server", virgin.bootstrap, "--command-config", str(config))
    with only_reads(virgin), exporting(None, *where) as address:
        assert told(address)["kdiag_up",] == 1


def test_an_agent_only_reads(virgin: Proxied) -> None:
    program, *words = command(virgin, "mcp")

    async def asks() -> list[bool]:
        server = StdioServerParameters(command=program, args=words)
        with anyio.fail_after(90):
            async with Client(stdio_client(server)) as client:
                results = [await client.call_tool(name, {}) for name in ("doctor", "lag")]
                return [result.is_error for result in results]

    with only_reads(virgin):
        assert anyio.run(asks) == [False, False]


@contextmanager
def command_lines() -> Iterator[set[str]]:
    """Collect the command lines of all processes for a while."""
    found: set[str] = set()
    over = threading.Event()

    def collect() -> None:
        while not over.wait(0.02):
            for file in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    found.add(file.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
                except OSError:
                    continue

    thread = threading.Thread(target=collect, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


WAYS = (
    *("jaas", "scram", "file", "command", "token"),
    *("issuer", "broken", "unknown", "store"),
)


def properties_of(way: str, folder: Path, url: str) -> str:
    """Return client.properties with a canary, for each way to give a secret."""
    (folder / "secret").write_text(f"{CANARY}\n")
    module = "org.apache.kafka.common.security"
    bearer = f"{module}.oauthbearer.OAuthBearerLoginModule required"
    plain = "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\n"
    oauth = "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=OAUTHBEARER\n"
    jaas = (
        f"{plain}sasl.jaas.config={module}.plain.PlainLoginModule required "
        f'username="client" password="{CANARY}";\n'
    )
    return {
        "jaas": jaas,
        "scram": "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=SCRAM-SHA-256\n"
        f"sasl.username=client\nsasl.password={CANARY}\n",
        "file": f"{plain}sasl.username=client\nsasl.password_file={folder / 'secret'}\n",
        "command": f"{plain}sasl.username=client\nsasl.password_command=cat {folder / 'secret'}\n",
        "token": f"{oauth}sasl.oauthbearer.token={CANARY}\n",
        "issuer": f"{oauth}sasl.oauthbearer.token.endpoint.url={url}\n"
        f'sasl.jaas.config={bearer} clientId="ann" clientSecret="{CANARY}";\n',
        "broken": f'{plain}sasl.jaas.config=x required username="client" password="{CANARY}"\n',
        "unknown": f"{jaas}sasl.pasword={CANARY}\n",
        "store": "security.protocol=SSL\n"
        f"ssl.truststore.location={folder / 'secret'}\nssl.truststore.password={CANARY}\n",
    }[way]


@pytest.mark.parametrize("way", WAYS)
def test_a_secret_that_is_refused_is_nowhere(virgin: Proxied, tmp_path: Path, way: str) -> None:
    with issuer(lambda: {"access_token": CANARY}) as (url, _), command_lines() as lines:
        config = tmp_path / "client.properties"
        config.write_text(properties_of(way, tmp_path, url))
        words = ("doctor", "--verbose", "--bootstrap-server", virgin.bootstrap)
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "kdiag", *words, "--command-config", str(config)],
            capture_output=True,
            text=True,
            timeout=90,
        )

    assert done.returncode in (2, 3), done.stderr
    assert done.stderr.strip()
    assert CANARY not in done.stdout + done.stderr
    assert not [line for line in lines if CANARY in line]


def test_a_secret_that_is_right_is_in_no_output_log_or_snapshot(
    virgin: Proxied, tmp_path: Path
) -> None:
    """The password of the lab is a canary: it is random, and stands nowhere else."""
    text = virgin.lab.client_properties(KIND).read_text()
    password = text.partition('password="')[2].partition('"')[0]
    assert len(password) > 10
    (tmp_path / "jmx").write_text(f"{CANARY}\n")
    [port] = free_ports(1)
    jmx = ("--jmx", f"rmi://{{host}}:{port}", "--jmx-username", "monitor")
    jmx = (*jmx, "--jmx-password-file", str(tmp_path / "jmx"))
    file = tmp_path / "s.json.gz"
    with command_lines() as lines:
        report = run(virgin, "doctor", "--verbose", "-o", "json", "--sample-seconds", "0", *jmx)
        saved = run(virgin, "snapshot", "--verbose", "--output-file", str(file), *jmx)

    assert json.loads(report.stdout)["errors"] == []
    said = report.stdout + report.stderr + saved.stdout + saved.stderr
    said += gzip.decompress(file.read_bytes()).decode()
    for secret in (password, CANARY):
        assert secret not in said
        assert not [line for line in lines if secret in line]


BESIDE = """\
[prometheus]
url = "http://127.0.0.1:{port}"
token_file = "{secret}"

[jmx]
url = "jolokia+http://127.0.0.1:{port}/jolokia"
username = "monitor"
password_file = "{secret}"

[audit.slack]
url_file = "{url}"
notify = "always"

[audit.teams]
url_file = "{url}"
notify = "always"

[audit.webhook]
url = "http://127.0.0.1:{port}/hook"
secret_file = "{secret}"
"""


def test_a_secret_for_what_stands_beside_is_nowhere(virgin: Proxied, tmp_path: Path) -> None:
    """Prometheus, JMX over HTTP, and channels of the audit; nobody listens at any of them."""
    [port] = free_ports(1)
    (tmp_path / "secret").write_text(f"{CANARY}-{'x' * 32}\n")
    (tmp_path / "url").write_text(f"https://127.0.0.1:{port}/services/{CANARY}\n")
    names = {"port": port, "secret": tmp_path / "secret", "url": tmp_path / "url"}
    (tmp_path / "kdiag.toml").write_text(BESIDE.format(**names))
    directory = tmp_path / "audit"
    config = ("--config", str(tmp_path / "kdiag.toml"), "--only", "controller")
    with command_lines() as lines:
        done = run(virgin, "audit", "--verbose", "--output-dir", str(directory), *config)

    said = done.stdout + done.stderr
    said += "".join(file.read_text() for file in directory.glob("*.*"))
    assert done.returncode == 5, done.stderr
    assert f"127.0.0.1:{port}" in said
    assert CANARY not in said
    assert not [line for line in lines if CANARY in line]


CRASH = """\
import sys, traceback
import kdiag.collect.reading as reading
from kdiag.cli.diagnosis import choose
from kdiag.cli import main

async def crash(*_):
    raise RuntimeError("boom")

def shown(error):
    sys.stderr.write("".join(
        traceback.TracebackException.from_exception(error, capture_locals=True).format()
    ))

reading.read_registered = crash
traceback.print_exception = shown
main(sys.argv[1:])
"""


def test_a_traceback_with_all_its_variables_holds_no_secret(virgin: Proxied) -> None:
    """As a tool for reports of crashes would send it."""
    text = virgin.lab.client_properties(KIND).read_text()
    password = text.partition('password="')[2].partition('"')[0]
    words = command(virgin, "doctor", "--verbose")[3:]
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", CRASH, *words], capture_output=True, text=True, timeout=90
    )

    assert done.returncode == 1
    assert "RuntimeError: boom" in done.stderr
    assert "settings = " in done.stderr
    assert password not in done.stderr
