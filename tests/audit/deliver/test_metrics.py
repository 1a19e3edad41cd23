"""Metrics of an audit: in a file that promtool reads, and in a real Pushgateway."""

import subprocess
import time

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families as parse

from kdiag.audit.deliver import deliver, preview
from kdiag.errors import UsageError
from kdiag.lab.plan import free_ports
from tests.audit.deliver.reports import SECRET, START, written
from tests.live.prometheus import binary

START_SECONDS = 30
PUSHED = "/metrics/job/kdiag_audit/kafka_cluster/fraud-prod"


def samples(text):
    return {
        (sample.name, sample.labels.get("severity")): sample.value
        for family in parse(text)
        for sample in family.samples
        if sample.labels.get("kafka_cluster") == "fraud-prod"
    }


EXPECTED = {
    ("kdiag_audit_last_success_timestamp_seconds", None): START.timestamp(),
    ("kdiag_audit_period_seconds", None): 86400,
    ("kdiag_audit_duration_seconds", None): 0.912,
    ("kdiag_audit_findings", "critical"): 1,
    ("kdiag_audit_findings", "warning"): 1,
    ("kdiag_audit_findings", "info"): 1,
}


def test_the_file_has_the_metrics_and_promtool_finds_nothing_to_say_of_it(channels, tmp_path):
    path = binary()
    if path is None:
        pytest.skip("promtool cannot be fetched: install Debian's package of Prometheus")
    (tmp_path / "kdiag.prom").write_text("old")

    assert deliver(channels('[audit.textfile]\npath = "kdiag.prom"\n'), written(tmp_path)) == []

    text = (tmp_path / "kdiag.prom").read_text()
    assert samples(text) == EXPECTED
    done = subprocess.run(  # noqa: S603
        [path.with_name("promtool"), "check", "metrics"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_only_the_file_is_left_in_its_folder(channels, tmp_path):
    (tmp_path / "metrics").mkdir()
    made = channels("", textfile=tmp_path / "metrics/kdiag.prom", period_seconds=3600)

    assert deliver(made, written(tmp_path)) == []

    assert [path.name for path in (tmp_path / "metrics").iterdir()] == ["kdiag.prom"]
    found = samples((tmp_path / "metrics/kdiag.prom").read_text())
    assert found["kdiag_audit_period_seconds", None] == 3600


def test_a_severity_without_findings_is_0_and_not_away(channels, tmp_path):
    [shown] = preview(
        channels('[audit.textfile]\npath = "a.prom"\n'), written(tmp_path, findings=[])
    )

    found = samples(shown.partition("\n")[2])
    assert [value for (name, _), value in found.items() if name == "kdiag_audit_findings"] == [
        0
    ] * 3


def test_a_folder_that_went_away_is_said(channels, tmp_path):
    (tmp_path / "metrics").mkdir()
    made = channels('[audit.textfile]\npath = "metrics/a.prom"\n')
    (tmp_path / "metrics").rmdir()

    [sentence] = deliver(made, written(tmp_path))

    assert sentence == f"{tmp_path}/metrics/a.prom: cannot be written: No such file or directory"


@pytest.fixture
def pushgateway(tmp_path):
    """Return the URL of a Pushgateway that has just started."""
    path = binary("prometheus-pushgateway")
    if path is None:
        pytest.skip("a Pushgateway cannot be fetched: install Debian's package of it")
    url = f"http://127.0.0.1:{free_ports(1)[0]}"
    command = [path, f"--web.listen-address={url.removeprefix('http://')}"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603
    deadline = time.monotonic() + START_SECONDS
    while not ready(url):
        assert time.monotonic() < deadline, (tmp_path / "log").read_text()
        time.sleep(0.1)
    yield url
    process.terminate()
    process.wait(10)


def ready(url):
    try:
        return httpx.get(f"{url}/-/ready", timeout=1, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def pushed(url):
    return httpx.get(f"{url}/metrics", timeout=5, trust_env=False).text


def test_a_pushgateway_has_the_metrics_of_each_cluster(channels, pushgateway, tmp_path):
    other = written(tmp_path)
    other.document["cluster"]["name"] = "a/b ä"
    made = channels("", pushgateway=pushgateway)

    assert deliver(made, other) == []
    assert deliver(made, written(tmp_path, findings=[])) == []
    assert deliver(made, written(tmp_path)) == []

    text = pushed(pushgateway)
    found = samples(text)
    assert {key: found[key] for key in EXPECTED} == EXPECTED
    assert 'job="kdiag_audit"' in text
    assert 'kafka_cluster="a/b ä"' in text


def test_a_pushgateway_behind_tls_and_a_password(channels, https, authority, tmp_path):
    https.answers = [(503, {"Retry-After": "0"}, b"")]
    text = (
        f'[audit.pushgateway]\nurl = "{https.url}/push/"\nca_file = "{authority[0]}"\n'
        'username = "kdiag"\npassword_file = "secret"\n'
    )

    assert deliver(channels(text), written(tmp_path)) == []

    assert [(one.method, one.path) for one in https.requests] == [("PUT", "/push" + PUSHED)] * 2
    request = https.requests[-1]
    user = httpx.BasicAuth("kdiag", SECRET)._auth_header
    assert request.headers["authorization"] == user
    assert samples(request.body.decode()) == EXPECTED


def test_a_pushgateway_that_is_away_is_said(channels, tmp_path):
    url = f"http://127.0.0.1:{free_ports(1)[0]}"

    [sentence] = deliver(
        channels(f'[audit.pushgateway]\nurl = "{url}"\ntimeout_seconds = 0.3\n'), written(tmp_path)
    )

    assert sentence == (f"Pushgateway at {url} cannot be reached: Connection refused, at attempt 1")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[audit.textfile]\npath = "a.txt"\n', "a.txt must end in .prom; node_exporter reads no"),
        ('[audit.textfile]\npath = "no/a.prom"\n', "there is no folder"),
        ("[audit.textfile]\n", "[audit.textfile] has no path"),
        ('[audit.pushgateway]\nurl = "h:9091"\n', "url must be http://HOST/… or https://HOST/…"),
        ('[audit.pushgateway]\nurl = "http://a:hunter2@h"\n', "must not hold a user or a password"),
        ('[audit.pushgateway]\nurl = "http://h"\nusername = "a"\n', "go together"),
        (
            '[audit.pushgateway]\nurl = "http://h"\nusername = "a"\npassword_file = "secret"\n'
            'token_file = "secret"\n',
            "username and a token exclude each other",
        ),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_read(channels, text, words):
    with pytest.raises(UsageError) as error:
        channels(text)

    assert words in str(error.value)
    assert "hunter2" not in str(error.value)
