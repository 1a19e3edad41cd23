"""`--baseline`, `--new-only` and `kdiag diff` by the command."""

import json

import pytest

from kdiag.sections import Cluster
from kdiag.snapshot import Missing, Snapshot
from kdiag.sources.saved import save
from tests.render.schema import faults
from tests.render.test_json import SCHEMA
from tests.tables import NOW, cluster, partition_row, partitions, topic_configs

ONLY = ("--only", "under-min-isr")


def file(path, *ill, cluster_id="c1", errors=None):
    """Save a snapshot of three partitions of which some are under min ISR."""
    rows = [partition_row("orders", n, isr=(1,) if n in ill else (1, 2, 3)) for n in range(3)]
    held = (
        Cluster(cluster_id=cluster_id, mode="kraft") if cluster_id else cluster(),
        partitions(*rows, errors=errors or {}),
        topic_configs({"orders": {"min.insync.replicas": "2"}}),
    )
    save(Snapshot(taken_at=NOW, sections={type(one): one for one in held}, bootstrap="h:1"), path)
    return path


@pytest.fixture
def doctor(kdiag, tmp_path):
    def run(source, *more):
        return kdiag("doctor", "--from", source, *ONLY, *more)

    return run


@pytest.fixture
def old(doctor, tmp_path):
    """A report in which orders-0 is ill."""
    path = tmp_path / "old.json"
    path.write_text(doctor(file(tmp_path / "old.snapshot", 0), "-o", "json").stdout)
    return path


def test_a_baseline_says_what_is_new(doctor, old, tmp_path):
    now = file(tmp_path / "now", 0, 1)

    text = " ".join(doctor(now, "--baseline", old).stdout.split())
    document = json.loads(doctor(now, "--baseline", old, "-o", "json").stdout)

    assert "CRITICAL under-min-isr partition orders-1 NEW" in text
    assert "Against the report of 2026-03-01 12:00 UTC: 1 new, 1 known." in text
    assert {one["subject"]["partition"]: one["novelty"] for one in document["findings"]} == {
        0: "known",
        1: "new",
    }
    assert list(faults(document, SCHEMA, SCHEMA)) == []


def test_only_what_is_new_is_shown_and_fails(doctor, old, tmp_path):
    same = doctor(file(tmp_path / "same", 0), "--baseline", old, "--new-only")
    more = doctor(file(tmp_path / "more", 0, 2), "--baseline", old, "--new-only")

    assert same.exit_code == 0
    assert "CRITICAL  Nothing new since 2026-03-01 12:00 UTC." in same.stdout
    assert "1 known not shown (1 critical)" in " ".join(same.stdout.split())
    assert more.exit_code == 10
    assert "orders-2" in more.stdout
    assert "orders-0" not in more.stdout


def test_what_is_gone_is_told_from_what_is_not_seen(doctor, old, tmp_path):
    gone = json.loads(
        doctor(file(tmp_path / "well"), "--baseline", old, "-o", "json").stdout
    )  # fmt: skip
    blind = file(tmp_path / "blind", errors={"broker 3": Missing("timed out")})
    unseen = json.loads(doctor(blind, "--baseline", old, "-o", "json").stdout)

    assert len(gone["baseline"]["gone"]) == 1
    assert gone["baseline"]["unseen"] == []
    assert unseen["baseline"]["gone"] == []
    assert len(unseen["baseline"]["unseen"]) == 1


def test_sarif_has_the_states_of_a_baseline(doctor, old, tmp_path):
    def states(*ill, **more):
        now = file(tmp_path / "now", *ill, **more)
        run = json.loads(doctor(now, "--baseline", old, "-o", "sarif").stdout)["runs"][0]
        return [(one["baselineState"], one["ruleId"]) for one in run["results"]]

    rule = "under-min-isr"
    assert states(0, 1) == [("new", rule), ("unchanged", rule)] or states(0, 1) == [
        ("unchanged", rule),
        ("new", rule),
    ]
    assert states() == [("absent", rule)]
    assert states(errors={"broker 3": Missing("timed out")}) == [("unchanged", rule)]


@pytest.mark.parametrize("format_", ["sarif", "junit", "nagios", "github", "markdown", "csv"])
def test_every_output_can_be_of_what_is_new_only(doctor, old, tmp_path, format_):
    now = file(tmp_path / "now", 0)

    result = doctor(now, "--baseline", old, "--new-only", "-o", format_)

    assert result.exit_code == 0
    assert "orders-0" not in result.stdout


WRONG = [
    (("--new-only",), "--new-only needs an earlier report"),
    (("--baseline", "none.json"), "none.json: cannot be read"),
]


@pytest.mark.parametrize(("words", "said"), WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_is_one_sentence(doctor, tmp_path, words, said):
    result = doctor(file(tmp_path / "now"), *words)

    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_report_of_another_version_or_cluster_is_refused(doctor, old, tmp_path):
    other = doctor(file(tmp_path / "now", cluster_id="c2"), "--baseline", old)
    document = json.loads(old.read_text())
    old.write_text(json.dumps({**document, "schema_version": 0}))
    version = doctor(file(tmp_path / "now"), "--baseline", old)

    assert other.stderr.startswith("kdiag: the reports are of two clusters, c1 and c2")
    assert version.stderr == f"kdiag: {old}: its schema_version is 0; this kdiag reads 1\n"
    assert other.exit_code == version.exit_code == 2


def test_two_files_of_any_kind_are_compared(kdiag, old, tmp_path):
    before, after = file(tmp_path / "a.gz", 0), file(tmp_path / "b", 1, 2)

    for first in (old, before):
        result = kdiag("diff", first, after)
        lines = result.stdout.splitlines()

        assert result.exit_code == 0
        assert "new      critical  under-min-isr  partition orders-1, partition orders-2" in lines
        assert "gone     critical  under-min-isr  partition orders-0" in lines
        assert result.stderr == ""


def test_a_diff_as_json_has_each_object(kdiag, old, tmp_path):
    after = file(tmp_path / "b", 0, 1, 2)

    document = json.loads(kdiag("diff", old, after, "-o", "json").stdout)

    ours = [one for one in document["changes"] if one["check"] == "under-min-isr"]
    assert [(one["kind"], one["subject"]["partition"], one["now"]) for one in ours] == [
        ("new", 1, "critical"),
        ("new", 2, "critical"),
    ]
    assert document["counts"]["unchanged"] >= 1
    assert document["before"]["verdict"] == "critical"


def test_a_diff_as_markdown_is_a_table(kdiag, old, tmp_path):
    text = kdiag("diff", old, file(tmp_path / "b"), "-o", "markdown").stdout

    assert "# What changed: Kafka cluster c1\n" in text
    assert "| gone | critical | under-min-isr | partition orders-0 |" in text


@pytest.mark.parametrize(("ill", "code"), [((0, 1), 10), ((0,), 0), ((), 0)])
def test_a_diff_fails_only_where_it_is_asked_to(kdiag, tmp_path, ill, code):
    """orders-0 is ill before."""
    before, after = file(tmp_path / "a", 0), file(tmp_path / "b", *ill)

    assert kdiag("diff", before, after).exit_code == 0
    assert kdiag("diff", before, after, "--fail-on", "critical").exit_code == code


def test_what_cannot_be_compared_is_one_sentence(kdiag, old, tmp_path):
    other = kdiag("diff", old, file(tmp_path / "b", cluster_id="c2"))
    (tmp_path / "x").write_text("[]")
    nothing = kdiag("diff", old, tmp_path / "x")
    missing = kdiag("diff", old, tmp_path / "none")

    assert "of two clusters, c1 and c2" in other.stderr
    assert "is no report; a report comes from kdiag doctor -o json" in nothing.stderr
    assert "none: cannot be read" in missing.stderr
    assert {other.exit_code, nothing.exit_code, missing.exit_code} == {2}
