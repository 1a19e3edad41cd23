import gzip
import json
import re
from base64 import b64decode, b64encode
from dataclasses import fields, replace

import pytest

import kdiag.api  # noqa: F401 - declares the derivations
from kdiag.analysis.history_span import log_partition
from kdiag.diagnose import diagnose
from kdiag.redaction import KINDS, redacted, restored
from kdiag.redaction.columns import COLUMNS
from kdiag.redaction.kinds import ALWAYS
from kdiag.registry import load_checks
from kdiag.sections import (
    RAW_SECTIONS,
    BrokerConfigs,
    Brokers,
    Cluster,
    Commits,
    Groups,
    Members,
    Offsets,
    Topics,
)
from kdiag.snapshot import Missing, Snapshot, Table
from kdiag.sources.saved import load, save
from tests.redacting import alike, translated
from tests.redaction.everything import Named, everything
from tests.tables import (
    NOW,
    brokers,
    commits,
    groups,
    members,
    offsets,
    partition_row,
    partitions,
    topics,
)

KEY = b"k" * 32
ALL = tuple(KINDS)
CHECKS = load_checks().checks


def written(snapshot, path):
    """Return the bytes of the file of a snapshot, unpacked."""
    save(snapshot, path)
    return gzip.decompress(path.read_bytes())


def texts_in(value):
    """Yield every text of a document, keys too, and what is base64 of a text."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from texts_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts_in(each)
    elif isinstance(value, str):
        yield value
        if len(value) % 4 != 1 and re.fullmatch(r"[A-Za-z0-9+/_-]{8,}", value):
            yield b64decode(value + "==", altchars=b"-_").decode("latin-1")


def parts_of(name):
    """Return a name and its parts that are long enough to tell something."""
    return {name, *(part for part in re.split(r"[^\w]+|_", name) if len(part) > 4)}


PUBLIC = {"kafka", "refunds", "billing", "static", "example", "changelog"}


def test_every_column_of_text_is_said_to_hold_names_or_none():
    tables = [kind for kind in RAW_SECTIONS if issubclass(kind, Table)]

    for table in tables:
        of_text = {name for name, kind in table.columns.items() if kind in ("str", "object")}
        assert set(COLUMNS.get(table, {})) == of_text, table.__name__
    assert set(COLUMNS) <= set(tables)
    assert set(RAW_SECTIONS) - set(tables) == {Cluster}


def test_the_scene_has_a_row_in_every_section():
    scene = everything(Named())

    assert set(scene.sections) == set(RAW_SECTIONS)
    assert all(len(section) for section in scene.sections.values())


def test_no_name_or_part_of_one_reaches_the_file(tmp_path):
    named = Named()
    scene = everything(named, earlier=everything(named))

    data = written(redacted(scene, ALL, KEY).snapshot, tmp_path / "s.json.gz")

    texts = [text.lower() for text in texts_in(json.loads(data))]
    for name in named.all():
        for part in parts_of(name) - PUBLIC:
            assert not [text for text in texts if part.lower() in text], part
            assert b64encode(part.encode()).rstrip(b"=") not in data, part


def test_the_same_scan_finds_every_name_in_a_file_that_is_not_redacted(tmp_path):
    named = Named()

    data = written(everything(named), tmp_path / "s.json.gz")

    texts = list(texts_in(json.loads(data)))
    assert all(any(name in text for text in texts) for name in named.all())


@pytest.mark.parametrize("kind", KINDS)
def test_one_kind_alone_can_be_withheld(tmp_path, kind):
    whole = set(redacted(everything(Named()), ALL, KEY).names)
    made = redacted(everything(Named()), [kind], KEY)

    replaced = {category for category, known in made.names.items() if known}
    assert replaced <= {*KINDS[kind], *ALWAYS}
    assert replaced & {*KINDS[kind]} == whole & {*KINDS[kind]}
    assert set(made.snapshot.withheld.names) == {kind}


def test_a_kind_that_is_not_chosen_keeps_its_names_in_texts_too():
    made = redacted(everything(Named()), ["hosts"], KEY).snapshot
    errors = made.sections[Groups].errors

    assert set(errors) == {f"group {Named.group}, topic {Named.topic}"}
    assert str(*errors.values()) == f"of {Named.group}: gone"


def test_equal_names_have_equal_pseudonyms_everywhere():
    made = redacted(everything(Named()), ALL, KEY)
    topic = next(p for p, name in made.names["topic"].items() if name == Named.topic)

    for kind, contents in COLUMNS.items():
        if "topic" in contents:
            assert topic in set(made.snapshot.sections[kind].rows["topic"]), kind
    settings = made.snapshot.sections[BrokerConfigs].rows.set_index("key")["value"]
    host = next(iter(p for p, name in made.names["host"].items() if name == Named.host))
    assert settings["zookeeper.connect"].startswith(f"{host}:2181,{host}:2182/path-")
    assert settings["controller.quorum.voters"] == f"1@{host}:9093"
    assert settings["listeners"].endswith(f"://{host}:9092,SSL://:9093")
    assert settings["num.io.threads"] == "8"
    assert settings["compression.type"] == "producer"


def test_the_key_decides_the_pseudonyms():
    scene = everything(Named())

    one, again, other = (redacted(scene, ALL, key).names for key in (KEY, KEY, b"o" * 32))

    assert one == again
    assert not set(one["topic"]) & set(other["topic"])


def test_a_name_has_the_same_pseudonym_in_another_file_of_the_same_key():
    def pseudonyms(*names):
        made = redacted(Snapshot(taken_at=NOW, sections={Topics: table(names)}), ALL, KEY)
        return {name: p for p, name in made.names["topic"].items()}

    def table(names):
        return topics(*({"topic": name} for name in names))

    assert pseudonyms("b")["b"] == pseudonyms("a", "b", "c")["b"]


def test_lengths_case_and_order_of_names_do_not_show():
    names = ["A", "a", "zz", "Z" * 240, "m.n.o", *(f"t{n}" for n in range(50))]
    scene = Snapshot(taken_at=NOW, sections={Topics: topics(*({"topic": n} for n in names))})

    made = redacted(scene, ALL, KEY)

    rows = made.snapshot.sections[Topics].rows["topic"].tolist()
    assert {len(name) for name in rows} == {len("topic-bakodimu")}
    assert all(name.islower() for name in rows)
    assert rows == sorted(rows)
    assert [made.names["topic"][name] for name in rows] != sorted(names)


def test_a_group_stays_in_its_partition_of_the_log():
    names = [f"group {number}" for number in range(60)]
    log = [partition_row("__consumer_offsets", number) for number in range(7)]
    tables = [groups(*({"group": name} for name in names)), partitions(*log)]

    made = redacted(Snapshot(taken_at=NOW, sections={type(t): t for t in tables}), ALL, KEY)

    for pseudonym, name in made.names["group"].items():
        assert log_partition(pseudonym, 7) == log_partition(name, 7)


MEANING = {
    "topic": [
        ("__consumer_offsets", r"__consumer_offsets"),
        ("_schemas", r"_schemas"),
        ("connect-offsets", r"connect-offsets"),
        ("connect-acme-offsets", r"connect-[a-z]{8}-offsets"),
        ("__acme", r"__topic-[a-z]{8}"),
        ("acme-store-changelog", r"topic-[a-z]{8}-changelog"),
        ("acme-by-key-repartition", r"topic-[a-z]{8}-repartition"),
        ("acme.archive.2020", r"topic-[a-z]{8}-archive"),
        ("archived", r"topic-[a-z]{8}"),
        ("acme.orders.DLT", r"topic-[a-z]{8}-dlq"),
    ],
    "group": [
        ("console-consumer-9041", r"console-consumer-\d{8}"),
        ("job-5f0c7a6e-1111-4a4a-9b9b-0123456789ab", r"group-[0-9a-f]{8}(-[0-9a-f]{4}){3}-\w{12}"),
        ("acme", r"group-[a-z]{8}"),
    ],
}


@pytest.mark.parametrize(
    ("category", "name", "shape"),
    [(category, *each) for category, listed in MEANING.items() for each in listed],
)
def test_what_a_name_means_is_kept(category, name, shape):
    kind = {"topic": topics, "group": groups}[category]({category: name})
    made = redacted(Snapshot(taken_at=NOW, sections={type(kind): kind}), ALL, KEY)

    [shown] = made.snapshot.sections[type(kind)].rows[category]

    assert re.fullmatch(shape, shown)
    assert (shown == name) == (shape == name)


def clients(*names):
    table = members(
        *({"group": "g", "member_id": f"{name}-x", "client_id": name} for name in names)
    )
    made = redacted(Snapshot(taken_at=NOW, sections={Members: table}), ALL, KEY)
    shown = {name: pseudonym for pseudonym, name in made.names["client"].items()}
    return made, [shown[name] for name in names]


def test_clients_of_one_application_stay_so():
    _, (one, two, other, plain) = clients("acme-1", "acme-2", "bolt-1", "acme")

    assert one.rpartition("-")[0] == two.rpartition("-")[0] == plain
    assert one != two
    assert not other.startswith(plain)


def test_threads_of_kafka_streams_stay_threads_of_their_process():
    made, (one, two) = clients(
        "acme-5f0c7a6e-StreamThread-1-consumer", "acme-5f0c7a6e-StreamThread-2-consumer"
    )

    assert one.endswith("-StreamThread-1-consumer")
    assert one.partition("-StreamThread-")[0] == two.partition("-StreamThread-")[0]
    assert all(
        member.startswith(f"{client}-")
        for member, client in made.snapshot.sections[Members]
        .rows[["member_id", "client_id"]]
        .values
    )


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "0.0.0.0"])  # noqa: S104
def test_loopback_is_kept(host):
    table = brokers(1)
    table = replace(table, rows=table.rows.assign(host=host))
    made = redacted(Snapshot(taken_at=NOW, sections={Brokers: table}), ALL, KEY).snapshot

    assert made.sections[Brokers].rows["host"].tolist() == [host]


ODD = [
    "a",
    "1",
    "orders",
    "broker",
    "(x+y)*",
    "a.b",
    "a b, c",
    "Größe",
    "名前",
    "x y",
    "\\1",
    "",
]


def odd_scene():
    """Names that are words, numbers, patterns, of several words, or equal across kinds."""
    names = [name for name in ODD if name]
    tables = [
        topics(*({"topic": name} for name in names)),
        partitions(*(partition_row(name) for name in names)),
        groups(*({"group": name} for name in names)),
        offsets(
            {(name, 0): 1 for name in names},
            errors={f"topic {name}": Missing(f"topic {name}: gone") for name in names},
        ),
        commits({(name, name, 0): 1 for name in names}),
        brokers(1, errors={"broker 3": Missing("broker 3 timed out after 5 s of a minute")}),
    ]
    return Snapshot(taken_at=NOW, sections={type(table): table for table in tables})


def test_odd_names_are_replaced_and_texts_stay_readable():
    made = redacted(odd_scene(), ALL, KEY).snapshot

    assert not set(made.sections[Topics].rows["topic"]) & set(ODD)
    assert not set(made.sections[Groups].rows["group"]) & set(ODD)
    assert (
        str(made.sections[Brokers].errors["broker 3"]) == "broker 3 timed out after 5 s of a minute"
    )
    for target, missing in made.sections[Offsets].errors.items():
        assert re.fullmatch(r"topic topic-[a-z]{8}", target)
        assert re.fullmatch(r"(topic )?(topic|group)-[a-z]{8}: gone", missing.reason), (
            missing.reason
        )
    rows = made.sections[Commits].rows
    assert rows["topic"].nunique() == rows["group"].nunique() == len(ODD) - 1


def test_a_host_that_another_begins_with_is_another_host():
    text = "kafka1:9092: Connection refused"
    longer = "kafka1.zuvqa:9092: Connection refused"
    made = redacted(
        Snapshot(taken_at=NOW, sections={}, errors={"broker 1": text, "broker 2": longer}), ALL, KEY
    )

    one, two = (made.snapshot.errors[f"broker {number}"] for number in (1, 2))
    assert re.fullmatch(r"host-[a-z]{8}:9092: Connection refused", one)
    assert re.fullmatch(r"host-[a-z]{8}:9092: Connection refused", two)
    assert one != two


def test_words_that_nobody_knows_are_left_out_of_texts():
    why = "SASL handshake failed for pavuq (code 58) in zuvqa-prod"
    scene = Snapshot(taken_at=NOW, sections={}, errors={"broker 1": why})

    made = redacted(scene, ALL, KEY).snapshot

    said = made.errors["broker 1"]
    assert "pavuq" not in said
    assert "zuvqa" not in said
    assert "failed for (withheld) (code 58) in (withheld)" in said
    assert made.withheld.texts == 1


@pytest.mark.parametrize(
    "around",
    ["[{}]", "{}/3", "'{}'", "topic={}", "({}, {})", "{}-7", "{}.", "{}:", "<{}>", "{{{}}}"],
)
def test_a_name_is_found_whatever_stands_around_it(around):
    why = Missing(f"of {around.format('orders', 'orders')} nothing was read")
    table = topics({"topic": "orders"}, errors={"broker 1": why})
    made = redacted(Snapshot(taken_at=NOW, sections={Topics: table}), ALL, KEY)
    [pseudonym] = made.names["topic"]

    said = made.snapshot.sections[Topics].errors["broker 1"].reason

    assert said == f"of {around.format(pseudonym, pseudonym)} nothing was read"


def test_metadata_of_commits_is_left_out():
    rows = [{"group": "g", "topic": "t", "partition": 0, "metadata": "zuvqa"}]
    table = Commits.from_rows(rows)

    made = redacted(Snapshot(taken_at=NOW, sections={Commits: table}), ["topics"], KEY).snapshot

    assert made.sections[Commits].rows["metadata"].tolist() == [None]


def test_the_report_is_the_same_up_to_names():
    scene = everything(Named(), earlier=everything(Named()))
    made = redacted(scene, ALL, KEY)

    one, other = (diagnose(each, CHECKS, {}) for each in (scene, made.snapshot))

    assert one.findings
    assert other.pseudonyms == tuple(sorted(KINDS))
    for name in ("results", "cluster", "counts"):
        said = alike(getattr(one, name), made)
        assert said == alike(translated(getattr(other, name), made), made), name
    assert len(one.findings) == len(other.findings)


def test_names_that_are_put_back_give_the_report_on_the_original(tmp_path):
    scene = everything(Named(), earlier=everything(Named()))
    made = redacted(scene, ALL, KEY)
    save(made.snapshot, tmp_path / "s.json.gz")

    back = restored(load(tmp_path / "s.json.gz"), made.names)

    one, other = (diagnose(each, CHECKS, {}) for each in (scene, back))
    assert other.pseudonyms == ()
    assert alike(other.results, made) == alike(one.results, made)
    assert {i.fingerprint for i in one.findings} == {i.fingerprint for i in other.findings}


def test_a_redacted_snapshot_is_loaded_as_it_was_saved(tmp_path):
    made = redacted(everything(Named()), ALL, KEY).snapshot
    save(made, tmp_path / "s.json.gz")

    again = load(tmp_path / "s.json.gz")

    assert again.withheld.names == made.withheld.names
    assert set(made.withheld.settings) <= set(again.withheld.settings)
    assert {field.name for field in fields(again.withheld)} == {"names", "settings", "texts"}
    assert again.withheld.names["topics"] == len(
        {**redacted(everything(Named()), ALL, KEY).names["topic"]}
    ) + len(redacted(everything(Named()), ALL, KEY).names["topicid"])


def test_what_is_redacted_twice_counts_once_more_and_keeps_nothing(tmp_path):
    named = Named()
    once = redacted(everything(named), ["topics"], KEY).snapshot

    data = written(
        redacted(once, ["hosts", "principals"], b"o" * 32).snapshot, tmp_path / "s.json.gz"
    )

    assert named.host.encode() not in data
    assert named.topic.encode() not in data
    assert set(load(tmp_path / "s.json.gz").withheld.names) == {
        "hosts",
        "principals",
        "topics",
    }
