from datetime import date

import pytest

from kdiag.errors import UsageError
from kdiag.waivers.file import parsed, read_waivers

CHECKS = ["under-min-isr", "replication-factor-low"]
ENTRY = """\
  - check: under-min-isr
    match: {topic: scratch}
    reason: a test topic
    owner: data team
    expires: 2026-12-31
"""


def of(text):
    return parsed(text, "w.yaml", CHECKS)


def file(*entries):
    return "version: 1\nwaivers:\n" + "".join(entries)


def with_(**changes):
    """Return the entry with keys in place of its own, or without those that are None."""
    keys = {
        "check": "under-min-isr",
        "match": "{topic: scratch}",
        "reason": "a test topic",
        "owner": "data team",
        "expires": "2026-12-31",
        **changes,
    }
    lines = [f"{key}: {value}" for key, value in keys.items() if value is not None]
    return file("  - " + "\n    ".join(lines) + "\n")


def test_an_entry_with_what_is_required():
    [entry] = of(file("# why\n", ENTRY)).entries

    assert entry.check == "under-min-isr"
    assert entry.match == {"topic": "scratch"}
    assert (entry.reason, entry.owner) == ("a test topic", "data team")
    assert entry.expires == date(2026, 12, 31)
    assert entry.line == 4


def test_an_entry_with_everything():
    [entry] = of(
        with_(
            expires="never",
            review="2027-01-31",
            ticket="OPS-12",
            allow_critical="true",
            fingerprint="[aa, bb]",
            **{"while": "replication_factor == 1"},
        )
    ).entries

    assert (entry.expires, entry.review) == (None, date(2027, 1, 31))
    assert entry.ticket == "OPS-12"
    assert entry.allow_critical
    assert entry.fingerprints == {"aa", "bb"}
    assert str(entry.condition) == "replication_factor == 1"


@pytest.mark.parametrize("text", ["on", "007", "null", "1e3", "2026-01-01", "0x10", "~"])
def test_a_value_is_taken_as_it_is_written(text):
    [entry] = of(with_(match=f"{{topic: {text}}}")).entries

    assert entry.match == {"topic": text}


@pytest.mark.parametrize("text", ["version: 1\nwaivers:\n", "version: 1\nwaivers: []\n"])
def test_a_file_may_have_no_waiver(text):
    assert of(text).entries == ()


WRONG = [
    ("", "w.yaml: is empty"),
    ("- 1\n", "w.yaml:1: the file must be keys with values; allowed are version, waivers"),
    ("waivers: []\n", "w.yaml:1: version is missing"),
    ("version: 1\n", "w.yaml:1: waivers is missing"),
    ("version: 2\nwaivers: []\n", "w.yaml:1: version 2 is not known; it must be 1"),
    ("version: 1\nwaiver: []\n", "w.yaml:2: the file has no waiver; did you mean waivers?"),
    ("version: 1\nversion: 1\nwaivers: []\n", "w.yaml:2: the file has version twice"),
    ("version: 1\nwaivers: {}\n", "w.yaml:2: waivers must be a list"),
    ("version: 1\nwaivers:\n  - x\n", "w.yaml:3: a waiver must be keys with values"),
    ("version: 1\nwaivers: [\n", "w.yaml:3: is not YAML"),
    ("version: 1\n---\nversion: 1\n", "w.yaml:2: is not YAML"),
    ("version: 1\nwaivers: \x07\n", "w.yaml: is not YAML"),
    (with_(reason=None), "w.yaml:3: reason is missing; a waiver needs reason, owner, expires"),
    (with_(owner=None), "w.yaml:3: owner is missing"),
    (with_(expires=None), "w.yaml:3: expires is missing"),
    (with_(reason='""'), "w.yaml:5: reason is empty"),
    (with_(reason="[x]"), "w.yaml:5: reason must be a text"),
    (with_(check=None), "w.yaml:3: it names neither a check nor a fingerprint"),
    (with_(match=None), "w.yaml:3: match is missing"),
    (with_(check="under-min-irs"), "w.yaml:3: there is no check under-min-irs; did you mean under"),
    (with_(check="xyz"), "w.yaml:3: there is no check xyz (kdiag checks lists them)"),
    (with_(match="{topics: x}"), "w.yaml:4: match has no topics; did you mean topic?"),
    (with_(match="{x: y}"), "w.yaml:4: match has no x; allowed are cluster, broker, path, name"),
    (with_(match="scratch"), "w.yaml:4: match must be keys with values; allowed are cluster"),
    (with_(match="{topic: [a]}"), "w.yaml:4: match.topic must be a text"),
    (with_(expires="soon"), "w.yaml:7: expires soon is no date; write YYYY-MM-DD, or never"),
    (with_(expires="2026-02-30"), "w.yaml:7: expires 2026-02-30 is no date"),
    (with_(expires="20261231"), "w.yaml:7: expires 20261231 is no date"),
    (with_(expires="never"), "w.yaml:7: expires: never needs review: YYYY-MM-DD"),
    (with_(expires="never", review="x"), "w.yaml:8: review x is no date; write YYYY-MM-DD"),
    (with_(allow_critical="yes"), "w.yaml:8: allow_critical must be true or false; it is yes"),
    (with_(fingerprint="[]"), "w.yaml:8: fingerprint is an empty list"),
    (with_(**{"while": "worse"}), "w.yaml:8: while: worse is no condition; write KEY OP VALUE"),
    (with_(reasn="x"), "w.yaml:8: a waiver has no reasn; did you mean reason?"),
]


@pytest.mark.parametrize(("text", "said"), WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_is_said_with_file_line_and_what_is_allowed(text, said):
    with pytest.raises(UsageError) as raised:
        of(text)

    assert str(raised.value).startswith(said)
    assert "\n" not in str(raised.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"none\.yaml: cannot be read"):
        read_waivers(tmp_path / "none.yaml", CHECKS)
    (tmp_path / "latin.yaml").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(UsageError, match=r"latin\.yaml: is not UTF-8"):
        read_waivers(tmp_path / "latin.yaml", CHECKS)
