"""What manifests, units and the compose file start really starts: the installed kdiag, as they say.

No broker answers: the exporter is healthy all the same, is not ready, and ends in order.
"""

import ssl
import subprocess

import bcrypt
import httpx
import pytest
import trustme
import yaml

from kdiag.cli.clusters import shard
from kdiag.cli.ending import NO_CONNECTION
from kdiag.lab.plan import free_ports
from tests.deploy.containerfile import ROOT, entrypoint, environment, stages
from tests.deploy.containers import placed
from tests.deploy.exporters import (
    INSTALLED,
    environ_of,
    is_healthy_and_not_ready,
    started,
    watched,
)
from tests.deploy.rendering import VALUES, pods, render
from tests.deploy.units import command, section

pytestmark = pytest.mark.timeout(900)

NOWHERE = "127.0.0.1:1"
AUTHORITY = trustme.CA().cert_pem.bytes().decode()
SECURED = (
    "security.protocol=SSL\nssl.truststore.type=PEM\nssl.truststore.location={directory}/ca.pem\n"
)
PLAIN = {"client.properties": "security.protocol=PLAINTEXT\nclient.id=kdiag-in-a-pod\n"}


def exporter_of(helm, values, secrets, home):
    """Return the process of the chart's exporter, and its port."""
    [port] = free_ports(1)
    given = {**values, "exporter": {"port": port, **values.get("exporter", {})}}
    documents = render(helm, given)
    return placed(pods(documents)[0], documents, secrets, home), port


def test_the_exporter_of_the_chart_starts_and_ends(helm, tmp_path):
    values = {
        "bootstrapServer": NOWHERE,
        "clusterName": "orders",
        "clientProperties": {"existingSecret": "kafka-client"},
        "config": "[exporter]\ninterval = 1\n[checks.disk-usage-high]\nwarning_ratio = 0.9\n",
    }
    properties = SECURED.format(directory="/etc/kdiag/client")
    secret = {"client.properties": properties, "ca.pem": AUTHORITY}
    process, port = exporter_of(helm, values, {"kafka-client": secret}, tmp_path)

    with started(*process, f"http://127.0.0.1:{port}") as client:
        assert is_healthy_and_not_ready(client)
        assert watched(client) == {"orders": 0}


def test_a_shard_watches_the_clusters_of_its_number(helm, tmp_path):
    names = [f"cluster-{number}" for number in range(6)]
    values = {
        "shards": 3,
        "clusters": {
            name: {
                "bootstrapServer": NOWHERE,
                "clientProperties": {"existingSecret": f"kafka-{name}"},
            }
            for name in names
        },
    }
    secrets = {f"kafka-{name}": PLAIN for name in names}
    process, port = exporter_of(helm, values, secrets, tmp_path)

    with started(*process, f"http://127.0.0.1:{port}") as client:
        assert set(watched(client)) == set(shard(names, "1/3")) != set()


def test_the_exporter_of_the_chart_serves_by_TLS_to_its_users(helm, tmp_path):  # noqa: N802
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    hashed = bcrypt.hashpw(b"secret", bcrypt.gensalt(4)).decode()
    web = {
        "web.yml": yaml.safe_dump(
            {
                "tls_server_config": {"cert_file": "tls.crt", "key_file": "tls.key"},
                "basic_auth_users": {"prometheus": hashed},
            }
        ),
        "tls.crt": issued.cert_chain_pems[0].bytes().decode(),
        "tls.key": issued.private_key_pem.bytes().decode(),
    }
    values = {
        "bootstrapServer": NOWHERE,
        "exporter": {
            "web": {"existingSecret": "kdiag-web", "tls": True},
            "probes": {"kind": "tcp"},
            "port": free_ports(1)[0],
        },
    }
    process, _ = exporter_of(helm, values, {"kdiag-web": web}, tmp_path)
    address = f"https://127.0.0.1:{values['exporter']['port']}"
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")

    trusted = ssl.create_default_context(cafile=tmp_path / "ca.pem")
    with started(*process, address, verify=trusted, auth=("prometheus", "secret")) as client:
        assert is_healthy_and_not_ready(client)
        assert httpx.get(f"{address}/metrics", verify=trusted).status_code == 401


@pytest.mark.parametrize("name", ["audit", "audit as files"])
def test_the_audit_of_the_chart_says_that_no_broker_answers(helm, tmp_path, name):
    values = {
        **VALUES[name],
        "bootstrapServer": NOWHERE,
        "exporter": {"enabled": False},
        "clientProperties": {"existingSecret": "kafka-client"},
    }
    documents = render(helm, values)
    process = placed(pods(documents)[0], documents, {"kafka-client": PLAIN}, tmp_path)

    done = subprocess.run(  # noqa: S603
        process.argv, env=environ_of(process.environ), capture_output=True, text=True, check=False
    )

    assert done.returncode == NO_CONNECTION
    assert "connection refused" in done.stderr


def unit_of(name, home, port):
    """Return what a unit runs, its files below a directory: an address that nobody has."""
    credentials = home / "credentials"
    credentials.mkdir()
    properties = SECURED.format(directory="${env:CREDENTIALS_DIRECTORY}")
    (credentials / "client.properties").write_text(properties)
    (credentials / "ca.pem").write_text(AUTHORITY)
    text = (ROOT / "deploy/systemd/kdiag.toml").read_text()
    text = text.replace("broker1.example:9092", NOWHERE)
    listen = f'[exporter]\n"web_listen_address" = ["127.0.0.1:{port}"]'
    (home / "kdiag.toml").write_text(text.replace("[exporter]", listen))
    given = {
        "/opt/kdiag/bin": INSTALLED,
        "/etc/kdiag": str(home),
        "${CREDENTIALS_DIRECTORY}": str(credentials),
        "${STATE_DIRECTORY}": str(home / "state"),
    }
    argv = command(name)
    for old, new in given.items():
        argv = [word.replace(old, new) for word in argv]
    environ = dict(each.split("=", 1) for each in section(name, "Service")["Environment"])
    return argv, {**environ, "CREDENTIALS_DIRECTORY": str(credentials)}


def test_the_service_of_the_exporter_starts_and_ends(tmp_path):
    [port] = free_ports(1)
    argv, environ = unit_of("kdiag-exporter.service", tmp_path, port)

    with started(argv, environ, f"http://127.0.0.1:{port}") as client:
        assert is_healthy_and_not_ready(client)
        assert watched(client) == {"orders": 0}


def test_the_service_of_the_audit_says_that_no_broker_answers(tmp_path):
    argv, environ = unit_of("kdiag-audit.service", tmp_path, 1)

    done = subprocess.run(  # noqa: S603
        argv, env=environ_of(environ), capture_output=True, text=True, check=False
    )

    assert done.returncode == NO_CONNECTION, done.stderr
    assert "connection refused" in done.stderr


def test_the_exporter_of_the_compose_file_starts_and_ends():
    [port] = free_ports(1)
    service = yaml.safe_load((ROOT / "deploy/compose/compose.yaml").read_text())["services"][
        "kdiag"
    ]
    environ = {
        **environment(stages()[-1]),
        **service["environment"],
        "KDIAG_BOOTSTRAP_SERVER": NOWHERE,
        "KDIAG_WEB_LISTEN_ADDRESS": f"127.0.0.1:{port}",
    }

    argv = [*entrypoint(), *service["command"]]
    with started(argv, environ, f"http://127.0.0.1:{port}") as client:
        assert is_healthy_and_not_ready(client)
        assert watched(client) == {"compose": 0}
