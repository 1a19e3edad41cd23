"""The pages on a real port: what they say, who may read them, TLS, and how they end."""

import json
import ssl
import time
from datetime import UTC, datetime

import bcrypt
import httpx
import pytest
import trustme
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from kdiag.diagnose import diagnose
from kdiag.errors import ConnectError, UsageError
from kdiag.exporter.watcher import Watcher
from kdiag.exporter.web.pages import application
from kdiag.exporter.web.server import Web, listen
from kdiag.plan import plan, plan_for
from kdiag.registry import load_checks
from kdiag.sections import Commits
from tests.exporter.scenes import snapshot

CHECKS = load_checks().select(["under-min-isr", "offline-partition"], [])
WAIT_SECONDS = 20


def watching(name="prod"):
    return Watcher(
        name=name,
        take=lambda plan, pauses: snapshot(at=datetime.now(UTC)),
        judge=lambda taken: diagnose(taken, CHECKS, {}),
        plans=(plan_for([Commits]), plan(CHECKS)),
        check_ids=[check.id for check in CHECKS],
    )


@pytest.fixture
def watcher():
    return watching()


@pytest.fixture
def serve():
    """Return what serves watchers, as (web, its URL)."""
    started = []

    def serving(*watchers, file=None, scheme="http"):
        web = Web(application(watchers), ["127.0.0.1:0"], file)
        web.start()
        started.append(web)
        url = f"{scheme}://127.0.0.1:{web.ports[0]}"
        return web, url

    yield serving
    for web in started:
        web.stop()


def get(url, **more):
    """Ask once the server answers at all."""
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return httpx.get(url, timeout=10, **more)
        except httpx.ConnectError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


def test_metrics_are_served_in_the_format_that_is_asked_for(serve, watcher):
    watcher.once()
    _, url = serve(watcher)

    plain = get(f"{url}/metrics")
    opened = get(
        f"{url}/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"}
    )

    assert plain.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert opened.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    names = {family.name for family in parse_text(plain.text)}
    assert {"kdiag_up", "kdiag_check_status", "process_resident_memory_bytes"} <= names
    assert "kdiag_up" in {family.name for family in parse_openmetrics(opened.text)}


def test_metrics_are_compressed_for_who_takes_it(serve, watcher):
    watcher.once()
    _, url = serve(watcher)

    packed = get(f"{url}/metrics", headers={"Accept-Encoding": "gzip"})
    plain = get(f"{url}/metrics", headers={"Accept-Encoding": "gzip;q=0, identity"})

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert "kdiag_partitions_offline" in packed.text
    assert len(packed.text.splitlines()) == len(plain.text.splitlines())


def test_a_new_snapshot_is_seen_by_the_next_scrape(serve, watcher):
    watcher.once()
    _, url = serve(watcher)
    before = get(f"{url}/metrics").text

    watcher.take = lambda plan, pauses: snapshot([], at=datetime.now(UTC))
    watcher.once()

    after = get(f"{url}/metrics").text
    assert "kdiag_partitions_offline" in before
    assert "kdiag_partitions_offline" not in after


def test_health_has_nothing_to_do_with_kafka(serve, watcher):
    def fails(plan, pauses):
        raise ConnectError("no broker answers")

    watcher.take = fails
    watcher.start()
    _, url = serve(watcher)
    while not watcher.passes.failed:
        time.sleep(0.01)

    assert get(f"{url}/-/healthy").status_code == 200
    assert get(f"{url}/-/ready").status_code == 503
    assert "kdiag_up{" in get(f"{url}/metrics").text
    assert get(f"{url}/api/v1/report").json() == {"error": "no broker answers"}
    watcher.stop()


def test_a_watcher_that_died_is_not_healthy(serve, watcher):
    _, url = serve(watcher)

    assert get(f"{url}/-/healthy").status_code == 503


def test_the_report_is_that_of_doctor(serve, watcher):
    watcher.once()
    _, url = serve(watcher)

    document = get(f"{url}/api/v1/report").json()

    assert document["schema_version"] == 1
    assert document["verdict"]["status"] == "critical"
    assert json.dumps(document)


def test_of_several_clusters_one_must_be_named(serve):
    one, two = watching("one"), watching("two")
    one.once()
    _, url = serve(one, two)

    missing = get(f"{url}/api/v1/report")
    assert missing.status_code == 400
    assert missing.json() == {"error": "cluster is missing; allowed are one, two"}
    assert get(f"{url}/api/v1/report", params={"cluster": "three"}).status_code == 404
    assert get(f"{url}/api/v1/report", params={"cluster": "one"}).status_code == 200
    assert 'kdiag_up{kafka_cluster="two"} 0' in get(f"{url}/metrics").text
    assert get(f"{url}/metrics").text.count("# TYPE kdiag_check_status ") == 1


def test_the_first_page_says_what_is_watched_and_what_is_wrong(serve):
    watcher = watching("<prod>")
    watcher.once()
    _, url = serve(watcher)

    page = get(url)

    assert page.headers["content-type"].startswith("text/html")
    assert "&lt;prod&gt;" in page.text
    assert "<prod>" not in page.text
    assert "offline-partition" in page.text
    assert "in whole" in page.text


@pytest.fixture
def secured(tmp_path):
    """Return a web configuration with TLS, client certificates and a user; and the authority."""
    authority = trustme.CA()
    server = authority.issue_cert("127.0.0.1")
    server.cert_chain_pems[0].write_to_path(tmp_path / "server.pem")
    server.private_key_pem.write_to_path(tmp_path / "server.key")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    hashed = bcrypt.hashpw(b"s3cret", bcrypt.gensalt(4)).decode()
    file = tmp_path / "web.yml"
    file.write_text(
        "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n"
        "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.pem\n"
        "  client_allowed_sans: [prometheus.example]\n"
        "http_server_config:\n  headers:\n    X-Frame-Options: deny\n"
        f"basic_auth_users:\n  alice: {hashed}\n"
    )
    return authority, file


def client(authority, name):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    if name is not None:
        authority.issue_cert(name).configure_cert(context)
    return context


def test_tls_client_certificates_and_users(serve, watcher, secured):
    authority, file = secured
    watcher.once()
    _, url = serve(watcher, file=file, scheme="https")
    right = client(authority, "prometheus.example")

    let_in = get(f"{url}/metrics", verify=right, auth=("alice", "s3cret"))
    assert let_in.status_code == 200
    assert let_in.headers["x-frame-options"] == "deny"
    refused = get(f"{url}/metrics", verify=right, auth=("alice", "wrong"))
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == 'Basic realm="kdiag"'
    assert "kdiag_up" not in refused.text
    for name in ("other.example", None):
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            get(f"{url}/metrics", verify=client(authority, name), auth=("alice", "s3cret"))


def test_the_configuration_is_read_again_when_it_changes(serve, watcher, secured):
    authority, file = secured
    watcher.once()
    web, url = serve(watcher, file=file, scheme="https")
    right = client(authority, "prometheus.example")
    assert get(f"{url}/metrics", verify=right).status_code == 401

    kept = file.read_text()
    file.write_text(kept.partition("basic_auth_users")[0])
    web.refresh()
    assert get(f"{url}/metrics", verify=right).status_code == 200

    file.write_text("tls_server_config: [")
    web.refresh()
    assert get(f"{url}/metrics", verify=right).status_code == 200


def test_a_wrong_configuration_is_said_before_anything_listens(tmp_path, watcher):
    file = tmp_path / "web.yml"
    file.write_text("nonsense: 1")
    free = listen("127.0.0.1:0")
    port = free.getsockname()[1]
    free.close()

    with pytest.raises(UsageError, match="nonsense is not known"):
        Web(application([watcher]), [f"127.0.0.1:{port}"], file)

    listen(f"127.0.0.1:{port}").close()


def test_addresses():
    with pytest.raises(
        UsageError, match=r"--web\.listen-address 9090: expected HOST:PORT or :PORT"
    ):
        listen("9090")
    with pytest.raises(UsageError, match=r"--web\.listen-address a:b: expected"):
        listen("a:b")
    taken = listen("127.0.0.1:0")
    port = taken.getsockname()[1]
    with pytest.raises(
        UsageError, match=rf"--web\.listen-address 127\.0\.0\.1:{port}: Address already"
    ):
        listen(f"127.0.0.1:{port}")
    taken.close()
