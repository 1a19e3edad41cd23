"""A real Prometheus that scrapes real exporters as the history of a real cluster."""

import json
import re
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import bcrypt
import httpx
import pytest
import trustme

from kdiag.analysis.facts import FactDeltas
from kdiag.analysis.lag import PartitionLag
from kdiag.analysis.lag_history import LagHistory
from kdiag.collect import Limits, collect
from kdiag.diagnose import diagnose
from kdiag.lab import Lab
from kdiag.lab.groups import commit
from kdiag.plan import plan, plan_for
from kdiag.registry import load_checks
from kdiag.render.terminal import render
from kdiag.sections import Cluster, DiskHistory, EarlierSamples, LogDirs, Monitoring
from kdiag.snapshot import Missing
from kdiag.sources.http import Server
from kdiag.sources.jmx import Access
from kdiag.sources.prometheus import Monitor, counters
from kdiag.sources.prometheus.look_back import AGES_SECONDS
from kdiag.view import View
from kdiag.wire.secret import Secret
from kdiag.wire.tokens import Tokens, of_text
from tests.live.exporting import exporting
from tests.live.prometheus import Prometheus, binary
from tests.live.serving import guarded, serving

pytestmark = pytest.mark.live

_KEPT_SECONDS = 75  # a sample must be older than the first age that is asked for
_REACH_SECONDS, _STOPPED_SECONDS, _ARCHIVED = 8 * 86400, 2 * 86400, 20_000
_METRIC = re.compile(rb"^(kafka_\w+_current_offset\{[^}]*\}) (\S+)$", re.MULTILINE)
_CLUSTER = re.compile(rb'cluster_id="[^"]*"')
_OFFSET = re.compile(
    rb"^((?:kdiag|kafka)_(?:consumergroup|topic_partition)_(?:\w+_)?offset\{[^}]*\}) (\S+)$",
    re.MULTILINE,
)


@pytest.fixture(scope="module")
def prometheus_path():
    path = binary()
    if path is None:
        pytest.skip("prometheus cannot be fetched: install Debian's package")
    return path


@pytest.fixture(scope="module")
def watched(tmp_path_factory, prometheus_path):
    """A cluster with a group that stopped, and a Prometheus with four pages, each in an env."""
    path = prometheus_path
    with Lab(brokers=1, jmx=["prometheus"]) as lab:
        lab.create_topic("orders")
        lab.start_producer("orders", rate=50)
        lab.start_consumer("billing", "orders")
        time.sleep(8)
        lab.end_load("consumer-billing")
        jmx = f"127.0.0.1:{lab.state.nodes[0].jmx_ports['prometheus']}"
        with (
            exporting(lab, "--compat", "kafka-exporter", "--missed", "30") as address,
            serving(lambda _: (200, foreign(native(address)))) as other,
            serving(lambda _: (200, kafka(native(address), 0))) as theirs,
            serving(lambda _: (200, kafka(native(address), 10**6))) as elsewhere,
        ):
            pages = {address: "native", other: "foreign", theirs: "kafka", elsewhere: "shifted"}
            home = tmp_path_factory.mktemp("prometheus")
            with Prometheus(path, home, {**pages, jmx: "jmx"}, seconds=3) as prometheus:
                prometheus.wait("kafka_consumergroup_current_offset")
                time.sleep(_KEPT_SECONDS)
                yield SimpleNamespace(lab=lab, prometheus=prometheus, jmx=jmx, path=path)


def native(address):
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=30) as reply:
        return reply.read()


def foreign(page):
    """Return the page of another cluster that has the same name, topics and groups."""
    return _OFFSET.sub(
        lambda found: b"%s %d" % (found[1], int(float(found[2])) + 10**6),
        _CLUSTER.sub(b'cluster_id="another"', page),
    )


def kafka(page, by):
    """Return what another exporter would serve, whose names do not tell the cluster."""
    return b"".join(
        b"%s %d\n" % (found[1], int(float(found[2])) + by) for found in _METRIC.finditer(page)
    )


def monitor(url, selector="", **more):
    return Monitor(Server("Prometheus", url, "[prometheus]", **more), selector)


def read(watched, who, sections=(LagHistory, PartitionLag, EarlierSamples), **more):
    return collect(
        plan_for(sections),
        watched.lab.bootstrap,
        limits=Limits(sample_seconds=4, request_timeout_seconds=20, **more),
        prometheus=who,
    )


def rows_of(snapshot, section):
    return View(snapshot).get(section).rows.to_dict("records")


def stored(snapshot):
    """Return the rows that Prometheus told, by group, topic and partition."""
    held = snapshot.sections.get(EarlierSamples)
    return [] if held is None else held.rows.to_dict("records")


def backfilled(path, home, cluster_id):
    """Put eight days of a topic and a group that stopped two days ago into Prometheus' storage."""
    now, lines = int(time.time()), []
    labels = 'job="kafka",instance="e:1",kafka_cluster="lab"'
    place = f'{labels},topic="archive",partition="0"'
    for age in range(_REACH_SECONDS, 0, -60):
        at, end = now - age, archived(age)
        lines += [
            f'kdiag_cluster_info{{{labels},cluster_id="{cluster_id}"}} 1 {at}',
            f"kdiag_snapshot_timestamp_seconds{{{labels}}} {at - 7} {at}",
            f"kdiag_topic_partition_log_end_offset{{{place}}} {end} {at}",
            f'kdiag_consumergroup_committed_offset{{{place},consumergroup="reporting"}} '
            f"{min(end, archived(_STOPPED_SECONDS))} {at}",
        ]
    by_name = sorted(lines, key=lambda line: line.partition("{")[0])
    file = home / "past.txt"
    file.write_text("\n".join([*by_name, "# EOF\n"]))
    command = [path.with_name("promtool"), "tsdb", "create-blocks-from", "openmetrics", file]
    subprocess.run([*command, home / "data"], check=True, capture_output=True)  # noqa: S603


def archived(age):
    return round(_ARCHIVED * (1 - age / _REACH_SECONDS))


def test_brokers_are_asked_less_where_the_past_is_stored(fresh_lab, prometheus_path, tmp_path):
    lab = fresh_lab(brokers=1)
    lab.create_topic("archive", partitions=1, configs={"retention.ms": "-1"})
    lab.produce("archive", _ARCHIVED, past_seconds=(_REACH_SECONDS, 0))
    commit(lab, "reporting", "archive", {0: archived(_STOPPED_SECONDS)})
    without = read(SimpleNamespace(lab=lab), None, history_seconds=0)
    backfilled(prometheus_path, tmp_path, without.get(Cluster).cluster_id)
    with Prometheus(prometheus_path, tmp_path, []) as prometheus:
        prometheus.wait("kdiag_cluster_info offset 10m")
        who = monitor(prometheus.url)
        snapshot = read(SimpleNamespace(lab=lab), who, history_seconds=0)

    assert snapshot.requests["ListOffsets"] <= without.requests["ListOffsets"] - 4
    [before], [now] = (rows_of(each, PartitionLag) for each in (without, snapshot))
    for row in (before, now):
        assert row["oldest_unread_seconds"] <= _STOPPED_SECONDS
        assert row["oldest_unread_upper_seconds"] >= _STOPPED_SECONDS
        assert row["oldest_unread_upper_seconds"] <= 1.2 * row["oldest_unread_seconds"]
    assert (before["rates_from"], now["rates_from"]) == ("samples", "prometheus")
    assert now["over_seconds"] >= 300
    assert now["lag_then_records"] < now["lag_records"]
    history = View(snapshot).get(LagHistory).rows
    known = history[history["source"] == "prometheus"]
    assert len(known) == len(AGES_SECONDS)
    assert known["lag_records"].iloc[-1] == 0  # a week ago it kept up
    assert not snapshot.errors


def test_where_the_group_stood_is_known(watched):
    snapshot = read(watched, monitor(watched.prometheus.url))

    rows = stored(snapshot)
    assert {row["group"] for row in rows} == {"billing"}
    assert {row["source"] for row in rows} == {"prometheus"}
    assert all(row["committed_offset"] <= row["end_offset"] < 10**6 for row in rows)
    now = datetime.now(UTC)
    assert all(60 <= (now - row["at"]).total_seconds() <= 200 for row in rows)
    assert {"history", "prometheus"} >= set(View(snapshot).get(LagHistory).rows["source"])
    assert not snapshot.errors


def test_without_the_history_of_commits_rates_come_from_it(watched):
    snapshot = read(watched, monitor(watched.prometheus.url), history_seconds=0)

    rows = View(snapshot).get(LagHistory).rows
    assert set(rows["source"]) == {"prometheus"}
    assert (rows["lag_records"] > 0).all()


@pytest.mark.parametrize("selector", ['env=~"native|foreign"', 'env="native"', ""])
def test_clusters_of_one_name_are_told_apart_by_their_id(watched, selector):
    snapshot = read(watched, monitor(watched.prometheus.url, selector))

    rows = stored(snapshot)
    assert rows, snapshot.errors
    assert all(row["end_offset"] < 10**6 for row in rows)


def test_another_cluster_is_none_of_ours(watched):
    snapshot = read(watched, monitor(watched.prometheus.url, 'env="foreign"'))

    assert stored(snapshot) == []
    assert "says that orders-0 ended at" in next(iter(snapshot.errors.values()))


def test_names_that_tell_no_cluster_are_believed_where_their_values_fit(watched):
    snapshot = read(watched, monitor(watched.prometheus.url, 'env="kafka"'))

    assert {row["group"] for row in stored(snapshot)} == {"billing"}
    assert not snapshot.errors


@pytest.mark.parametrize(
    ("selector", "words"),
    [
        ('env="shifted"', "says that orders-0 ended at 1,0"),
        ('env=~"kafka|shifted"', "has series of group billing more than once"),
    ],
)
def test_names_that_may_be_of_another_cluster_are_not_used_and_said(watched, selector, words):
    snapshot = read(watched, monitor(watched.prometheus.url, selector))

    assert stored(snapshot) == []
    [(target, why)] = snapshot.errors.items()
    assert target == f"Prometheus at {watched.prometheus.url}"
    assert words in why
    assert why.endswith("(needs selector in [prometheus] of --config)")


def test_the_past_of_the_volumes_is_theirs(watched):
    snapshot = read(watched, monitor(watched.prometheus.url), (LogDirs, DiskHistory))

    [now] = snapshot.get(LogDirs).rows.to_dict("records")
    rows = snapshot.get(DiskHistory).rows
    assert len(rows) >= 1
    assert set(zip(rows["broker"], rows["path"], strict=True)) == {(now["broker"], now["path"])}
    assert set(rows["total_bytes"]) == {now["total_bytes"]}
    assert stored(snapshot) == []


def test_counters_of_the_same_page_are_compared_over_minutes(watched, monkeypatch):
    monkeypatch.setattr(counters, "AGE_SECONDS", 40.0)
    wanted = plan_for([FactDeltas])
    wanted = replace(wanted, facts=(*wanted.facts, "messages-in", "bytes-in", "produce-failed"))

    snapshot = collect(
        wanted,
        watched.lab.bootstrap,
        limits=Limits(sample_seconds=0, history_seconds=0),
        access=Access(urls=(f"prometheus+http://{watched.jmx}/metrics",)),
        prometheus=monitor(watched.prometheus.url),
    )

    deltas = View(snapshot).get(FactDeltas)
    assert isinstance(deltas, FactDeltas), deltas
    [row] = deltas.rows[deltas.rows["fact"] == "messages-in"].to_dict("records")
    assert row["seconds"] == pytest.approx(40, abs=5)
    assert row["per_second"] == pytest.approx(50, rel=0.3)


def test_a_server_that_is_down_or_talks_nonsense_costs_only_the_look_back(watched):
    [check, disk] = load_checks().select(["slow-consumer", "disk-usage-high"], [])
    needs = plan([check, disk])

    def judged(url):
        snapshot = collect(
            needs,
            watched.lab.bootstrap,
            limits=Limits(sample_seconds=4, request_timeout_seconds=2),
            prometheus=monitor(url),
        )
        return snapshot, diagnose(snapshot, [check, disk], {})

    with serving(lambda _: (200, b"<html>hello</html>")) as address:
        _, nonsense = judged(f"http://{address}")
    with serving(lambda _: time.sleep(8) or (200, b"")) as address:
        _, slow = judged(f"http://{address}")
    _, down = judged(f"http://{address}")
    for report, words in (
        (nonsense, "is not Prometheus"),
        (slow, "did not answer within 2 s"),
        (down, "cannot be reached"),
    ):
        [(target, why)] = report.errors
        assert target == f"Prometheus at http://{target.rpartition('/')[2]}"
        assert words in why
        assert all(result.status in ("ok", "problem") for result in report.results)
        assert render(report, color=False).count(words) == 1


def test_users_certificates_and_tokens(watched, tmp_path):
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_and_cert_chain_pem.write_to_path(tmp_path / "both.pem")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    hashed = bcrypt.hashpw(b"s3cret", bcrypt.gensalt(4)).decode()
    web = tmp_path / "web.yml"
    web.write_text(
        "tls_server_config: {cert_file: both.pem, key_file: both.pem}\n"
        f"basic_auth_users: {{alice: {hashed}}}\n"
    )
    (tmp_path / "password").write_text("s3cret\n")
    config = tmp_path / "kdiag.toml"
    with Prometheus(watched.path, tmp_path, [], web_config=web) as prometheus:
        url = f"https://{prometheus.address}"
        config.write_text(
            f'[prometheus]\nurl = "{url}"\nusername = "alice"\n'
            f'password_file = "{tmp_path}/password"\nca_file = "{tmp_path}/ca.pem"\n'
        )
        _until_up(url, str(tmp_path / "ca.pem"))
        good = _doctor(watched, "--config", str(config))
        bad = _doctor(watched, "--prometheus", url)
        wrong = monitor(
            url, ca_file=str(tmp_path / "ca.pem"), username="alice", password=Secret("s3cre")
        )
        refused = read(watched, wrong, (Monitoring,))
    token = "t0p-s3cret"  # noqa: S105
    with serving(guarded(watched.prometheus.url, token)) as address:
        let_in = read(watched, monitor(f"http://{address}", tokens=Tokens(of_text(Secret(token)))))
        kept_out = read(
            watched, monitor(f"http://{address}", tokens=Tokens(of_text(Secret("other"))))
        )

    assert good["errors"] == []
    assert "cannot be reached" in bad["errors"][0]["error"]
    assert "refuses us (HTTP 401)" in next(iter(refused.errors.values()))
    assert isinstance(refused.get(Monitoring), Missing)
    assert "s3cre" not in json.dumps([good, bad, *refused.errors.values()])
    assert stored(let_in), let_in.errors
    assert not let_in.errors
    assert stored(kept_out) == []
    assert "refuses us (HTTP 401) (needs [prometheus]" in next(iter(kept_out.errors.values()))


def _until_up(url, ca_file):
    import ssl

    context = ssl.create_default_context(cafile=ca_file)
    for _ in range(60):
        try:
            if httpx.get(f"{url}/-/ready", verify=context, auth=("alice", "s3cret")).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    raise AssertionError("Prometheus does not start")


def _doctor(watched, *arguments):
    command = [
        *(sys.executable, "-m", "kdiag", "doctor", "--bootstrap-server", watched.lab.bootstrap),
        *("--only", "unmonitored-signal,disk-usage-high", "-o", "json"),
        *("--request-timeout", "20", *arguments),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert "s3cret" not in done.stdout + done.stderr
    return json.loads(done.stdout)
