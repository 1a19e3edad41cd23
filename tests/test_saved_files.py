"""Files of snapshots: of former versions, of hostile hands, and as FORMAT.md describes them."""

import gzip
import json
import re
import stat
import tracemalloc
from dataclasses import fields, replace
from importlib.resources import files

import pytest

from kdiag.errors import UsageError
from kdiag.redaction.kinds import KINDS
from kdiag.sections import RAW_SECTIONS, Brokers
from kdiag.snapshot import Snapshot, Table
from kdiag.sources.saved import contents, load, save
from kdiag.sources.saved.encode import COMMON_FIELDS, SCHEMA_VERSION, encoded
from kdiag.sources.saved.names import key_at, load_names, save_names
from kdiag.sources.saved.unzip import MOST_BYTES
from tests.tables import (
    NOW,
    ago,
    broker_configs,
    brokers,
    commit_history,
    generation_history,
    history_reach,
    log_dirs,
    offsets,
    past_member,
    streams_topologies,
    topics,
    transactions,
)
from tests.test_saved import assert_same, full_snapshot

DATA = files("tests") / "data" / "snapshots"
FORMAT_PAGE = (files("kdiag") / "sources" / "saved" / "FORMAT.md").read_text()


def old_snapshot():
    """What the files of tests/data/snapshots were made of."""
    more = [
        transactions(
            {
                "transactional_id": "writer",
                "state": "Ongoing",
                "started_at": ago(400),
                "partitions": (("orders", 0),),
            }
        ),
        log_dirs({"broker": 1}),
        commit_history({("g", "orders", 0): [(60, 5), (30, None)]}),
        generation_history({"group": "g", "written_at": ago(60), "members": (past_member("m"),)}),
        history_reach(),
        topics({"topic": "orders", "topic_id": "AAAA"}),
        offsets({("orders", 0): 10, ("pay", 1): 2**53 + 1}),
        streams_topologies({"group": "g", "source_topics": ("orders",)}),
        broker_configs({1: {"log.dirs": "/data", "zookeeper.connect": "zk1:2181"}}),
    ]
    made = full_snapshot(earlier=full_snapshot())
    return replace(made, sections={**made.sections, **{type(each): each for each in more}})


@pytest.mark.parametrize("schema", range(1, SCHEMA_VERSION + 1))
def test_a_file_of_every_schema_so_far_is_loaded(schema):
    path = DATA / f"schema-{schema}.json.gz"

    held = contents(path)

    assert held.schema_version == schema
    assert_same(old_snapshot(), held.snapshot)
    assert_same(old_snapshot().earlier, held.snapshot.earlier)


def hostile(tmp_path, change=lambda document: None, text=None):
    """Return a file of a good snapshot to which something was done."""
    path = tmp_path / "s.json"
    save(Snapshot(taken_at=NOW, sections={Brokers: brokers(1, 2)}), path)
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document) if text is None else text(json.dumps(document)))
    return path


def columns(document):
    return document["sections"]["Brokers"]["columns"]


def set_rows(document, rows):
    document["sections"]["Brokers"]["rows"] = rows


CHANGES = {
    "too many rows": (lambda d: set_rows(d, 10**9), "more than 100,000,000 values"),
    "fewer rows": (lambda d: set_rows(d, 1), "has 2 rows instead of 1"),
    "negative rows": (lambda d: set_rows(d, -1), "rows is -1"),
    "huge number": (lambda d: columns(d).update(port=[10**30] * 2), "port: "),
    "word beyond": (lambda d: columns(d).update(host={"words": ["a"], "at": [0, 5]}), "beyond"),
    "word before": (lambda d: columns(d).update(host={"words": ["a"], "at": [0, -1]}), "beyond"),
    "no words": (lambda d: columns(d).update(host={"words": [], "at": [0, 0]}), "beyond"),
    "steps of texts": (lambda d: columns(d).update(host={"steps": [1], "unknown": []}), "host is"),
    "steps that are none": (
        lambda d: columns(d).update(port={"steps": ["1", 1], "unknown": []}),
        "no whole number",
    ),
    "unknown beyond": (
        lambda d: columns(d).update(port={"steps": [1, 1], "unknown": [2]}),
        "beyond",
    ),
    "another shape": (lambda d: columns(d).update(port={"runs": [1]}), "port is"),
    "number for a text": (lambda d: columns(d).update(host=[1, 2]), "host holds a int"),
    "columns that are a list": (
        lambda d: d["sections"]["Brokers"].update(columns=[]),
        "columns is",
    ),
    "withheld that is a list": (lambda d: d.update(withheld=[1]), "names is not there"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_what_cannot_be_is_refused_in_one_sentence(tmp_path, case):
    change, said = CHANGES[case]

    with pytest.raises(UsageError, match=re.escape(said)) as caught:
        load(hostile(tmp_path, change))

    assert "\n" not in str(caught.value)


def test_a_key_that_is_there_twice_is_refused(tmp_path):
    path = hostile(tmp_path, text=lambda good: good.replace('"rows": 2', '"rows": 2, "rows": 3'))

    with pytest.raises(UsageError, match="'rows' is there twice"):
        load(path)


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_a_number_that_json_does_not_have_is_refused(tmp_path, word):
    path = hostile(tmp_path, text=lambda good: good.replace('"rows": 2', f'"rows": {word}'))

    with pytest.raises(UsageError, match="damaged"):
        load(path)


def test_a_small_file_that_unpacks_to_more_than_is_allowed_is_refused_early(tmp_path):
    path = tmp_path / "bomb.json.gz"
    with gzip.open(path, "wb", 1) as file:
        for _ in range(2 * MOST_BYTES >> 20):
            file.write(b" " * (1 << 20))

    tracemalloc.start()
    with pytest.raises(UsageError, match="larger than 256 MiB"):
        load(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 3 * MOST_BYTES


def test_what_follows_the_packed_document_is_refused(tmp_path):
    path = tmp_path / "s.json.gz"
    save(full_snapshot(), path)
    path.write_bytes(path.read_bytes() + gzip.compress(b"{}"))

    with pytest.raises(UsageError, match="damaged or truncated gzip"):
        load(path)


def test_what_a_later_version_wrote_is_passed_over_and_noted(tmp_path):
    def later(document):
        document["sections"]["Weather"] = {"columns": {}}
        columns(document)["mood"] = {"same": "good"}

    assert load(hostile(tmp_path, later)).notes == ("column mood of Brokers", "section Weather")
    assert load(hostile(tmp_path)).notes == ()


def rows_of(title):
    """Return name → text of the table that stands under a title of FORMAT.md."""
    part = FORMAT_PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `?([\w-]*\w)`? \| (.*) \|$", part, re.MULTILINE)
    return dict(rows)


def test_the_page_names_the_keys_of_the_document():
    documented = set(rows_of("Document")) - {"key"}

    assert documented == set(encoded(full_snapshot()))


def test_the_page_names_every_section_and_column_and_no_other():
    expected = {}
    for kind in RAW_SECTIONS:
        own = [field.name for field in fields(kind) if field.name not in COMMON_FIELDS]
        named = ", ".join(kind.columns) if issubclass(kind, Table) else ""
        first = f"fields {', '.join(own)}" if own else ""
        both = f"{first}; columns {named}" if own and named else first or named
        expected[kind.__name__] = both

    documented = rows_of("Sections")
    documented.pop("section")

    assert documented == expected


def test_the_page_names_every_kind_that_can_be_withheld():
    assert set(rows_of("Redaction")) - {"kind"} == set(KINDS)


def test_the_page_is_about_the_schema_that_is_written():
    assert f"This page describes schema {SCHEMA_VERSION}." in FORMAT_PAGE


def test_names_are_kept_for_their_owner_only_and_come_back(tmp_path):
    names = {"topic": {"topic-bakodimu": "Größe"}}

    save_names(names, tmp_path / "names.json")

    assert load_names(tmp_path / "names.json") == names
    assert stat.S_IMODE((tmp_path / "names.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("{}", "is not a file of names"),
        ('{"format":"kdiag names","schema_version":1}', "damaged file of names"),
        ('{"format":"kdiag names","schema_version":1,"names":{"a":{"b":1}}}', "damaged"),
        ('{"format":"kdiag names","schema_version":2,"names":{}}', "newer kdiag"),
    ],
)
def test_a_file_without_names_is_refused_in_one_sentence(tmp_path, text, said):
    (tmp_path / "n").write_text(text)

    with pytest.raises(UsageError, match=said):
        load_names(tmp_path / "n")


def test_a_key_is_made_once_for_its_owner_only(tmp_path):
    key = key_at(tmp_path / "key")

    assert len(key) == 64
    assert key_at(tmp_path / "key") == key
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


@pytest.mark.parametrize("data", [b"", b"short", b"x" * 5000])
def test_a_key_that_can_be_guessed_or_is_none_is_refused(tmp_path, data):
    (tmp_path / "key").write_bytes(data)

    with pytest.raises(UsageError, match="is no key"):
        key_at(tmp_path / "key")
