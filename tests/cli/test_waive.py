"""`kdiag waive`: an entry in a file, and what doctor makes of it."""

import json

import pytest

from kdiag.snapshot import Snapshot
from kdiag.sources.saved import save
from tests.tables import NOW, cluster, partition_row, partitions, topic_configs

ONLY = ("--only", "under-min-isr")
WHO = ("--reason", "a test", "--owner", "ops", "--expires", "2099-12-31")


@pytest.fixture
def two_ill(tmp_path):
    """A snapshot of a topic of which two partitions are under min ISR, and one of another."""
    rows = [partition_row("orders", number, isr=(1,)) for number in (0, 1)]
    held = (
        cluster(),
        partitions(*rows, partition_row("audit", isr=(1,))),
        topic_configs({topic: {"min.insync.replicas": "2"} for topic in ("orders", "audit")}),
    )
    path = tmp_path / "s.json"
    save(Snapshot(taken_at=NOW, sections={type(one): one for one in held}, bootstrap="h:1"), path)
    return path


def report(kdiag, source, *more):
    return json.loads(kdiag("doctor", "--from", source, *ONLY, "-o", "json", *more).stdout)


def test_one_object_is_waived_and_the_others_are_not(kdiag, two_ill, tmp_path):
    [merged] = report(kdiag, two_ill)["findings"]
    first = merged["evidence"]["objects"][0]
    file = tmp_path / "w.yaml"

    where = ("--from", two_ill, "--waivers", file)
    result = kdiag("waive", first["fingerprint"], *WHO, "--allow-critical", *where)

    assert result.exit_code == 0
    assert result.stdout == f"{file}: written; kdiag doctor --waivers {file} reads it.\n"
    assert f"  # {first['symptom']}\n  - check: under-min-isr\n" in file.read_text()
    after = report(kdiag, two_ill, "--waivers", file)["findings"]
    waived = [one for one in after if one["waiver"]]
    assert [one["subject"] for one in waived] == [first["subject"]]
    assert sum(len(one["evidence"].get("objects", [1])) for one in after) == 3


def test_a_merged_finding_is_waived_object_by_object(kdiag, two_ill, tmp_path):
    [merged] = report(kdiag, two_ill)["findings"]
    saved = tmp_path / "r.json"
    saved.write_text(json.dumps(report(kdiag, two_ill)))
    file = tmp_path / "w.yaml"

    kdiag(
        "waive", merged["fingerprint"], *WHO, "--allow-critical", "--from", saved, "--waivers", file
    )

    assert kdiag("doctor", "--from", two_ill, *ONLY, "--waivers", file).exit_code == 0
    [entry] = report(kdiag, two_ill, "--waivers", file)["waivers"]
    assert len(entry["fingerprints"]) == 3
    assert entry["waived_count"] == 3


def test_without_a_report_the_fingerprint_is_all_there_is(kdiag, tmp_path):
    file = tmp_path / "w.yaml"

    result = kdiag("waive", "aabb", *WHO, "--waivers", file)

    assert result.exit_code == 0
    assert '- fingerprint: "aabb"\n' in file.read_text()


def test_one_that_is_waived_is_refused_until_that_has_ended(kdiag, tmp_path):
    file = tmp_path / "w.yaml"
    kdiag("waive", "aabb", *WHO, "--waivers", file)
    before = file.read_text()

    result = kdiag("waive", "aabb", *WHO, "--waivers", file)

    assert result.exit_code == 2
    assert result.stderr == f"kdiag: {file}:3: aabb is waived already, until 2099-12-31\n"
    assert file.read_text() == before
    file.write_text(before.replace("2099-12-31", "2020-12-31"))
    assert kdiag("waive", "aabb", *WHO, "--waivers", file).exit_code == 0


WRONG = [
    (("--expires", "soon"), "--expires soon: expected YYYY-MM-DD"),
    (("--expires", "2020-01-01"), "--expires 2020-01-01 is over already"),
    (("--expires", "never"), "--expires never needs --review YYYY-MM-DD"),
    (("--expires", "never", "--review", "x"), "--review x: expected YYYY-MM-DD"),
    (("--reason", ""), "reason is empty"),
    (("--from", "none.json"), "none.json: cannot be read: No such file or directory"),
    (("--waivers", "/no/such/w.yaml"), "/no/such/w.yaml: cannot be written: No such file or"),
]


@pytest.mark.parametrize(("more", "said"), WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_is_one_sentence_and_nothing_is_written(kdiag, tmp_path, more, said):
    file = tmp_path / "w.yaml"

    result = kdiag("waive", "aabb", *WHO, "--waivers", file, *more)

    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert not file.exists()


def test_what_the_report_does_not_have_or_is_critical_is_refused(kdiag, two_ill, tmp_path):
    [merged] = report(kdiag, two_ill)["findings"]
    where = ("--from", two_ill, "--waivers", tmp_path / "w.yaml")

    missing = kdiag("waive", "aabb", *WHO, *where)
    critical = kdiag("waive", merged["fingerprint"], *WHO, *where)

    assert missing.stderr == f"kdiag: {two_ill}: has no finding with the fingerprint aabb\n"
    assert "is critical: waive it with --allow-critical" in critical.stderr
    assert missing.exit_code == critical.exit_code == 2


@pytest.mark.parametrize("flag", ["--reason", "--owner", "--expires"])
def test_reason_owner_and_end_must_be_given(kdiag, flag):
    words = [
        word for pair in zip(WHO[::2], WHO[1::2], strict=True) if pair[0] != flag for word in pair
    ]

    result = kdiag("waive", "aabb", *words)

    assert result.exit_code == 2
    assert flag in result.stderr
