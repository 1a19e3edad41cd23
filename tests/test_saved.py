import gzip
import json
import random
import stat
import time
from datetime import UTC, datetime

import pandas
import pytest

from kdiag.errors import UsageError
from kdiag.finding import NotApplicable
from kdiag.sections import (
    RAW_SECTIONS,
    BrokerConfigs,
    Cluster,
    Commits,
    EarlierSamples,
    Facts,
    Groups,
    LogDirs,
    Members,
    Offsets,
    Quorum,
)
from kdiag.snapshot import Missing, Snapshot, Table
from kdiag.sources.saved import load, save
from tests.tables import NOW, broker_configs, brokers, partition_row, partitions, topic_configs

FETCHED = datetime(2026, 3, 1, 11, 59, 59, 123456, tzinfo=UTC)


def full_snapshot(earlier=None):
    sections = [
        Cluster(
            cluster_id="xk5",
            mode="kraft",
            version="4.4",
            features={"metadata.version": (1, 30, 29), "group.version": (0, 1, None)},
            authorized_operations=("Describe",),
            read_at=NOW,
        ),
        brokers(1, 2, 3, down=[3], errors={"broker 3": Missing("timed out", "a live broker")}),
        Quorum.from_rows(
            [
                {"replica_id": 1, "is_voter": True, "log_end_offset": 2**62, "last_fetch": FETCHED},
                {"replica_id": 2, "is_voter": False},
            ],
            leader_id=1,
            high_watermark=5,
            read_at=NOW,
        ),
        partitions(partition_row("orders", isr=()), partition_row("pay", 1, elr=(1,))),
        Members.from_rows(
            [
                {"group": "g", "member_id": "m\udc80", "assignment": (("orders", 0), ("pay", 1))},
                {"group": "g", "member_id": "n", "subscription": (), "is_classic": True},
            ]
        ),
        Facts.from_rows(
            [
                {"target": "broker 1", "fact": "x", "value": float("inf")},
                {"target": "broker 1", "fact": "y", "labels": {"a": "b"}, "value": None},
                {"target": "broker 1", "fact": "z", "labels": (("a", "b"),), "value": 0.1},
            ]
        ),
        topic_configs({"orders": {"min.insync.replicas": "2"}}),
        Offsets.of(),
    ]
    return Snapshot(
        taken_at=FETCHED,
        sections={
            **{type(section): section for section in sections},
            Groups: Missing("not authorised", "Describe on Cluster"),
            LogDirs: NotApplicable("too old"),
        },
        duration_seconds=0.91,
        bootstrap="10.0.0.1:9092",
        requests={"Metadata": 1},
        errors={"broker 3": "connection refused"},
        earlier=earlier,
    )


def assert_same(one, two):
    for name in ("taken_at", "duration_seconds", "bootstrap", "requests", "errors"):
        assert getattr(one, name) == getattr(two, name)
    assert set(one.sections) == set(two.sections)
    for kind, held in one.sections.items():
        other = two.sections[kind]
        if not isinstance(held, kind):
            assert held == other
            continue
        assert type(other) is kind
        for name in set(vars(held)) - {"rows"}:
            assert getattr(held, name) == getattr(other, name), (kind, name)
        if isinstance(held, Table):
            pandas.testing.assert_frame_equal(held.rows, other.rows, check_exact=True)


@pytest.mark.parametrize("name", ["s.json", "s.json.gz"])
def test_what_is_loaded_equals_what_was_saved(tmp_path, name):
    snapshot = full_snapshot(earlier=full_snapshot())

    save(snapshot, tmp_path / name)
    loaded = load(tmp_path / name)

    assert_same(snapshot, loaded)
    assert_same(snapshot.earlier, loaded.earlier)
    assert loaded.earlier.earlier is None


def test_every_raw_section_survives_even_without_rows(tmp_path):
    empty = {kind: kind.of(read_at=NOW) for kind in RAW_SECTIONS if issubclass(kind, Table)}
    snapshot = Snapshot(taken_at=NOW, sections=empty)

    save(snapshot, tmp_path / "s")

    assert_same(snapshot, load(tmp_path / "s"))


def test_compression_is_recognised_whatever_the_name(tmp_path):
    save(full_snapshot(), tmp_path / "s.gz")
    (tmp_path / "s.json").write_bytes((tmp_path / "s.gz").read_bytes())

    assert_same(full_snapshot(), load(tmp_path / "s.json"))


def test_the_file_is_the_owners_only_and_replaces_an_older_one_whole(tmp_path):
    path = tmp_path / "s.json"
    path.write_text("old")

    save(full_snapshot(), path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in tmp_path.iterdir()] == ["s.json"]


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "s.json")

    save(full_snapshot(), tmp_path / "link")

    assert (tmp_path / "link").is_symlink()
    assert_same(full_snapshot(), load(tmp_path / "s.json"))


@pytest.mark.parametrize("where", ["", "missing/s.json", "file/s.json"])
def test_a_file_that_cannot_be_written_is_said_in_one_sentence(tmp_path, where):
    (tmp_path / "file").touch()

    with pytest.raises(UsageError, match="cannot be written"):
        save(full_snapshot(), tmp_path / where)

    assert not [path for path in tmp_path.iterdir() if path.name != "file"]


def test_100_000_commits_are_saved_and_loaded_in_less_than_a_second(tmp_path):
    rows = range(100_000)
    commits = Commits.of(
        {
            "group": [f"group-{row % 2000}" for row in rows],
            "topic": [f"topic-{row % 500}" for row in rows],
            "partition": [row % 20 for row in rows],
            "committed_offset": [row * 7919 for row in rows],
        }
    )
    path = tmp_path / "s.json.gz"

    started = time.process_time()
    save(Snapshot(taken_at=NOW, sections={Commits: commits}), path)
    saved = time.process_time()
    loaded = load(path)

    assert saved - started < 1
    assert time.process_time() - saved < 1
    pandas.testing.assert_frame_equal(loaded.sections[Commits].rows, commits.rows)


SECRETS = {
    "ssl.keystore.password": "hunter2",
    "ssl.keystore.key": "hunter2",
    "listener.name.sasl.scram-sha-256.sasl.jaas.config": 'Module required password="hunter2";',
    "basic.auth.credentials.source.value": "hunter2",
    "my.plugin.api.token": "hunter2",
    "zookeeper.connect": "admin:hunter2@zk1:2181,admin:hunter2@zk2:2181/kafka",
    "sasl.oauthbearer.token.endpoint.url": "https://client:hunter2@idp.example.com/token",
    "metric.reporter.options": "url=https://h/x?password=hunter2&a=b",
}


def test_secrets_do_not_reach_the_file(tmp_path):
    settings = broker_configs({1: SECRETS}, errors={"x": Missing("no http://u:hunter2@h")})
    path = tmp_path / "s.json"

    save(Snapshot(taken_at=NOW, sections={BrokerConfigs: settings}), path)
    rows = load(path).sections[BrokerConfigs].rows.set_index("key")

    assert "hunter2" not in path.read_text()
    assert rows["value"]["zookeeper.connect"] == "***@zk1:2181,***@zk2:2181/kafka"
    assert (
        rows["value"]["sasl.oauthbearer.token.endpoint.url"] == "https://***@idp.example.com/token"
    )
    assert rows["is_sensitive"]["my.plugin.api.token"]


def test_what_only_mentions_a_secret_stays(tmp_path):
    values = {
        "delegation.token.expiry.time.ms": "86400000",
        "password.encoder.iterations": "4096",
        "ssl.keystore.location": "/etc/kafka/k.p12",
        "advertised.listeners": "PLAINTEXT://h1:9092,SSL://h2:9093",
        "zookeeper.connect": "zk1:2181,zk2:2181/kafka",
        "log.message.format": "a@b",
    }

    save(
        Snapshot(taken_at=NOW, sections={BrokerConfigs: broker_configs({1: values})}),
        tmp_path / "s",
    )
    rows = load(tmp_path / "s").sections[BrokerConfigs].rows

    assert dict(zip(rows["key"], rows["value"], strict=True)) == values


def test_a_sensitive_setting_is_null_even_where_a_broker_told_it(tmp_path):
    row = {"broker": 1, "key": "x", "value": "v", "static_value": "w", "is_sensitive": True}
    section = BrokerConfigs.from_rows([row])

    save(Snapshot(taken_at=NOW, sections={BrokerConfigs: section}), tmp_path / "s")
    columns = json.loads((tmp_path / "s").read_text())["sections"]["BrokerConfigs"]["columns"]

    assert columns["value"] == {"same": None}
    assert columns["static_value"] == {"same": None}


REFUSED = {
    b"": "is empty",
    b" \n": "is empty",
    b"{}": "is not a snapshot",
    b"[1]": "is not a snapshot",
    b"hello": "is not a snapshot",
    b"\xff\xfe\x00": "is not a snapshot",
    b"PK\x03\x04": "is not a snapshot",
    b"\x1f\x8b": "gzip",
    b"\x1f\x8bnonsense-nonsense": "gzip",
    b"[" * 100_000: "is not a snapshot",
    b'{"format":"kdiag snapshot","schema_version":1': "truncated",
    b'{"format":"kdiag snapshot","schema_version":"1"}': "schema_version is '1'",
    b'{"format":"kdiag snapshot","schema_version":true}': "schema_version is True",
    b'{"format":"kdiag snapshot","schema_version":9,"kdiag":"3.0"}': "newer kdiag 3.0",
    b'{"format":"kdiag snapshot","schema_version":1}': "earlier is not there",
    b'{"format":"kdiag snapshot","schema_version":1,"a":NaN}': "damaged",
}


@pytest.mark.parametrize(("data", "said"), REFUSED.items(), ids=range(len(REFUSED)))
def test_a_file_that_is_no_snapshot_is_refused_in_one_sentence(tmp_path, data, said):
    path = tmp_path / "s.json"
    path.write_bytes(data)

    with pytest.raises(UsageError, match=said) as caught:
        load(path)

    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_samples_nested_without_end_are_refused(tmp_path):
    save(full_snapshot(earlier=full_snapshot()), tmp_path / "s")
    document = json.loads((tmp_path / "s").read_text())
    sample = document["earlier"]
    del sample["earlier"]
    nested = json.dumps({**sample, "sections": {}})[:-1] + ', "earlier": '
    head = json.dumps({**document, "sections": {}, "earlier": "@"})
    (tmp_path / "s").write_text(head.replace('"@"', nested * 2000 + "null" + "}" * 2000))

    with pytest.raises(UsageError, match="damaged"):
        load(tmp_path / "s")


def test_a_directory_and_a_missing_file_are_refused(tmp_path):
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(UsageError, match="cannot be read"):
            load(path)


def test_a_table_without_a_column_of_this_version_is_missing_not_filled_up(tmp_path):
    save(full_snapshot(), tmp_path / "s")
    document = json.loads((tmp_path / "s").read_text())
    del document["sections"]["Brokers"]["columns"]["is_fenced"]
    (tmp_path / "s").write_text(json.dumps(document))

    held = load(tmp_path / "s").get(type(brokers()))

    assert isinstance(held, Missing)
    assert "is_fenced" in held.reason


def test_a_column_that_came_later_is_not_known_in_an_older_file(tmp_path):
    place = {"group": "app", "topic": "orders", "partition": 0, "at": NOW}
    held = EarlierSamples.from_rows([{**place, "source": "state"}], read_at=NOW)
    save(Snapshot(taken_at=NOW, sections={EarlierSamples: held}), tmp_path / "s")
    document = json.loads((tmp_path / "s").read_text())
    del document["sections"]["EarlierSamples"]["columns"]["source"]
    (tmp_path / "s").write_text(json.dumps(document))

    [row] = load(tmp_path / "s").get(EarlierSamples).rows.to_dict("records")

    assert (row["group"], row["source"]) == ("app", None)


def test_sections_and_columns_of_a_later_version_are_passed_over(tmp_path):
    save(full_snapshot(), tmp_path / "s")
    document = json.loads((tmp_path / "s").read_text())
    document["sections"]["Weather"] = {"columns": {}}
    document["sections"]["Brokers"]["columns"]["mood"] = ["good"] * 3
    (tmp_path / "s").write_text(json.dumps(document))

    assert_same(full_snapshot(), load(tmp_path / "s"))


def refusal(path):
    """Return why a file is refused, empty where it is a snapshot."""
    try:
        return "" if isinstance(load(path), Snapshot) else "not a snapshot\n"
    except UsageError as error:
        return str(error)


def places(value, path=()):
    """Yield the path of every value of a document, and of the first of each list."""
    items = value.items() if isinstance(value, dict) else enumerate(value[:1])
    for key, inner in items:
        yield (*path, key)
        if isinstance(inner, dict | list):
            yield from places(inner, (*path, key))


def changed(text, path, value):
    document = json.loads(text)
    at = document
    for key in path[:-1]:
        at = at[key]
    if value == "drop":
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return json.dumps(document)


@pytest.mark.parametrize(
    "value",
    ["drop", None, "x", -(2**70), 1.5, True, [], {}, [[1]], {"a": 1}, 10**400],
    ids=lambda value: repr(value)[:12],
)
def test_any_value_changed_is_refused_in_one_sentence_or_still_a_snapshot(tmp_path, value):
    path = tmp_path / "s"
    save(full_snapshot(), path)
    text = path.read_text()

    for place in places(json.loads(text)):
        path.write_text(changed(text, place, value))
        said = refusal(path)
        assert "\n" not in said, place
        assert len(said) < 400, place


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_flipped_and_cut_bytes_never_end_in_a_traceback(tmp_path, pack):
    path = tmp_path / "s"
    save(full_snapshot(), path)
    data = pack(path.read_bytes())
    chance = random.Random(4)  # noqa: S311 - the same damage in every run

    for _ in range(300):
        damaged = bytearray(data[: chance.randrange(1, len(data) + 1)])
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(damaged)
        assert "\n" not in refusal(path)
