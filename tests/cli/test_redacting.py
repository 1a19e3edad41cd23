import json
import re
import stat

import pytest

from kdiag.redaction import KINDS
from kdiag.sources.saved import load, save
from tests.redaction.everything import Named, everything


@pytest.fixture
def whole_file(tmp_path):
    save(everything(Named()), tmp_path / "whole.json.gz")
    return tmp_path / "whole.json.gz"


def test_a_saved_snapshot_is_redacted_without_a_cluster(kdiag, whole_file, tmp_path):
    out = tmp_path / "r.json.gz"

    result = kdiag("snapshot", "--from", whole_file, "--redact", "all", "--output-file", out)

    assert result.exit_code == 0
    assert result.stdout == ""
    assert set(load(out).withheld.names) == set(KINDS)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert re.search(r"Pseudonyms: +\d+ addresses, ", result.stderr)
    assert "Left out:    values of" in result.stderr


def test_kinds_are_given_as_a_list_or_one_by_one(kdiag, whole_file, tmp_path):
    out = tmp_path / "r.json"
    flags = ("--redact", "topics,groups", "--redact", "hosts")

    kdiag("snapshot", "--from", whole_file, *flags, "--output-file", out)

    assert set(load(out).withheld.names) == {"topics", "groups", "hosts"}


def test_the_help_names_every_kind(kdiag):
    text = " ".join(kdiag("snapshot", "--help").stdout.split())

    assert f"{', '.join(KINDS)}." in text
    assert "kdiag/sources/saved/FORMAT.md" in text


def test_doctor_says_that_names_are_pseudonyms(kdiag, whole_file, tmp_path):
    out = tmp_path / "r.json.gz"
    kdiag("snapshot", "--from", whole_file, "--redact", "topics,hosts", "--output-file", out)

    redacted = kdiag("doctor", "--from", out).stdout
    whole = kdiag("doctor", "--from", whole_file).stdout
    document = json.loads(kdiag("doctor", "--from", out, "-o", "json").stdout)

    assert "The names of these are pseudonyms: hosts, topics." in redacted
    assert "pseudonyms" not in whole
    assert document["pseudonyms"] == ["hosts", "topics"]


def test_the_owner_reads_the_report_with_names(kdiag, whole_file, tmp_path):
    out, names = tmp_path / "r.json.gz", tmp_path / "names.json"
    flags = ("--redact", "all", "--names-file", names)

    said = kdiag("snapshot", "--from", whole_file, *flags, "--output-file", out).stderr
    text = kdiag("doctor", "--from", out, "--names", names, "--all").stdout

    assert f"{names}: the names behind the pseudonyms" in said
    assert stat.S_IMODE(names.stat().st_mode) == 0o600
    assert Named.topic in text
    assert not re.search(r"\btopic-[a-z]{8}\b", text)


def test_no_names_are_kept_unasked(kdiag, whole_file, tmp_path):
    kdiag("snapshot", "--from", whole_file, "--redact", "all", "--output-file", tmp_path / "r.json")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.json", "whole.json.gz"]


def test_files_of_one_key_compare_and_others_do_not(kdiag, whole_file, tmp_path):
    def names(number, *flags):
        file = tmp_path / f"names-{number}.json"
        out = ("--output-file", tmp_path / "r.json", "--names-file", file)
        kdiag("snapshot", "--from", whole_file, "--redact", "all", *flags, *out)
        return json.loads(file.read_text())["names"]["topic"]

    key = ("--redact-key-file", tmp_path / "key")

    assert names(1, *key) == names(2, *key)
    assert not set(names(1, *key)) & set(names(3))


def test_describe_says_what_a_file_holds_and_withholds(kdiag, whole_file, tmp_path):
    out = tmp_path / "r.json.gz"
    kdiag("snapshot", "--from", whole_file, "--redact", "topics", "--output-file", out)

    text = kdiag("snapshot", "--describe", out).stdout
    plain = kdiag("snapshot", "--describe", whole_file).stdout

    assert re.match(rf"{re.escape(str(out))}: [\d.]+ KiB, schema 2, saved by kdiag ", text)
    assert re.search(r"\nPseudonyms:  \d topics\n", text)
    assert re.search(r"\n  Partitions +2 partitions\n", text)
    assert re.search(r"\n  Offsets +2 partitions, 2 parts not read\n", text)
    assert "Pseudonyms:  none; all names are in the file (--redact)" in plain


REFUSED = {
    ("--redact", "topic"): "--redact topic: there are all, hosts, .*; is it topics\\?",
    ("--redact", "x,topics"): "--redact x: there are all",
    ("--names-file", "n"): "--names-file needs --redact",
    ("--redact-key-file", "k"): "--redact-key-file needs --redact",
}


@pytest.mark.parametrize("flags", REFUSED)
def test_flags_that_say_nothing_of_use_are_refused(kdiag, whole_file, tmp_path, flags):
    out = tmp_path / "r.json"

    result = kdiag("snapshot", "--from", whole_file, *flags, "--output-file", out)

    assert result.exit_code == 2
    assert re.search(REFUSED[flags], result.stderr)
    assert result.stderr.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("snapshot", "--from", "s"), "--output-file FILE is missing"),
        (("snapshot", "--output-file", "s"), "--bootstrap-server HOST:PORT is missing"),
        (("snapshot", "--describe", "none"), "none: cannot be read"),
        (("doctor", "--bootstrap-server", "h:1", "--names", "n"), "--names needs --from FILE"),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(kdiag, arguments, said):
    result = kdiag(*arguments)

    assert result.exit_code == 2
    assert said in result.stderr


def test_a_file_is_no_file_of_names(kdiag, whole_file):
    result = kdiag("doctor", "--from", whole_file, "--names", whole_file)

    assert result.exit_code == 2
    assert "is not a file of names" in result.stderr


def test_what_a_newer_kdiag_wrote_is_said_and_passed_over(kdiag, tmp_path):
    path = tmp_path / "s.json"
    save(everything(Named()), path)
    document = json.loads(path.read_text())
    document["sections"]["Weather"] = {"columns": {}}
    path.write_text(json.dumps(document))

    result = kdiag("doctor", "--from", path, "--fail-on", "never")

    assert result.exit_code == 0
    assert "section Weather: not known to this version, passed over" in result.stderr
