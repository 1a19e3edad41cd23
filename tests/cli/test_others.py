import json
import sys
from types import ModuleType

import pytest

import kdiag as package
from kdiag.errors import UsageError
from kdiag.facts import FACTS
from kdiag.registry import RULES, load_checks
from kdiag.runbook import read_runbook
from kdiag.snapshot import Snapshot
from kdiag.sources.saved import load
from tests.tables import NOW, partition_row, partitions

CHECKS = load_checks().checks
RULE_IDS = {rule.id for rule in load_checks(RULES).checks}


def test_alone_it_shows_four_examples(kdiag):
    result = kdiag()

    assert result.exit_code == 0
    assert result.stdout.count("\n  kdiag ") == 4


def test_the_version_is_one_line(kdiag):
    assert kdiag("--version").stdout == f"kdiag {package.__version__}\n"


def test_help_names_every_command(kdiag):
    text = kdiag("--help").stdout

    for name in ("doctor", "snapshot", "checks", "explain", "lab", "demo"):
        assert f"\n  {name} " in text


def test_an_unknown_command_gets_the_nearest_name(kdiag):
    result = kdiag("doktor")

    assert result.exit_code == 2
    assert result.stderr == "kdiag: no command 'doktor'; did you mean doctor? (kdiag --help)\n"


def test_all_checks_are_listed_by_area(kdiag):
    text = kdiag("checks").stdout

    assert "Replication and durability (replication)\n" in text
    assert all(f"  {check.id} " in text for check in CHECKS)
    assert max(map(len, text.splitlines())) <= 80


def test_checks_are_listed_as_json_with_their_tunables(kdiag):
    document = json.loads(kdiag("checks", "-o", "json").stdout)

    listed = [one["id"] for one in document["checks"]]
    known = [check.id for check in CHECKS]
    assert [id_ for id_ in listed if id_ in known] == known
    assert set(listed) - set(known) == RULE_IDS - set(known)
    by_id = {one["id"]: one for one in document["checks"]}
    assert by_id["under-min-isr"]["configs"] == ["min.insync.replicas"]
    assert by_id["under-min-isr"]["controls"] == ["soc2:A1.2", "iso-27001:A.8.14"]


def test_checks_are_listed_as_markdown_tables(kdiag):
    text = kdiag("checks", "-o", "markdown").stdout

    assert "| [under-min-isr](runbooks/under-min-isr.md) | Partitions that" in text


def test_all_facts_are_listed_with_their_unit_and_mbean(kdiag):
    text = kdiag("facts").stdout

    assert all(f"  {name} " in text for name in FACTS)
    assert "gauge bytes       java.lang:type=Memory HeapMemoryUsage.used" in text


def test_facts_are_listed_as_json(kdiag):
    document = json.loads(kdiag("facts", "-o", "json").stdout)

    assert [one["name"] for one in document["facts"]] == list(FACTS)


def test_an_exporter_is_told_the_mbeans_of_every_fact_and_no_more(kdiag):
    first, *names = kdiag("facts", "-o", "jmx-exporter").stdout.splitlines()

    wanted = {f"- '{pattern}'" for fact in FACTS.values() for pattern in fact.patterns}
    assert first == "includeObjectNames:"
    assert names == [*sorted(wanted), "rules:", "- pattern: '.*'"]


def test_explain_shows_the_runbook_behind_what_it_reads(kdiag):
    text = kdiag("explain", "under-min-isr").stdout

    assert text.startswith("Partitions that refuse acks=all writes.\n")
    assert "Reads       Durability, LiveMetadata" in text
    assert text.endswith(read_runbook("under-min-isr"))


def test_explain_shows_tunables_as_they_are_in_force(kdiag, tmp_path):
    check = next(one for one in CHECKS if one.tunables)
    name, default = next(
        (name, value) for name, value in check.tunables.items() if isinstance(value, int | float)
    )
    changed = f"--set={check.id}.{name}={default * 2}"
    file = tmp_path / "kdiag.toml"
    file.write_text(f"[checks.{check.id}]\n{name} = {default * 2}\n")

    plain, by_flag = kdiag("explain", check.id).stdout, kdiag("explain", check.id, changed).stdout

    assert f"{name} = {default}: " in " ".join(plain.split())
    assert f"{name} = {default * 2} (default {default}): " in " ".join(by_flag.split())
    assert kdiag("explain", check.id, "--config", file).stdout == by_flag


def test_explain_shows_the_controls_that_a_check_bears_on(kdiag):
    text = " ".join(kdiag("explain", "open-jmx").stdout.split())

    assert "Controls CIS Critical Security Controls 8.1, 4.6: Whoever reaches the port" in text
    assert "PCI DSS 4.0, 8.3.1: " in text
    assert "Controls" not in kdiag("explain", "rebalance-storm").stdout


def test_explain_names_the_nearest_check(kdiag):
    result = kdiag("explain", "under-min-irs")

    assert result.exit_code == 2
    assert "did you mean under-min-isr?" in result.stderr


def test_a_runbook_that_does_not_exist_is_a_usage_error():
    with pytest.raises(UsageError, match=r"did you mean under-min-isr\?"):
        read_runbook("under-min-isrr")


def test_a_snapshot_is_saved_and_judged(kdiag, monkeypatch, tmp_path):
    held = partitions(partition_row("orders"))
    module = ModuleType("kdiag.collect")
    module.Limits = dict
    module.collect = lambda *args, **more: Snapshot(taken_at=NOW, sections={type(held): held})
    monkeypatch.setitem(sys.modules, "kdiag.collect", module)
    file = tmp_path / "s.json.gz"

    result = kdiag("snapshot", "--bootstrap-server", "h:9092", "--output-file", file)

    assert result.exit_code == 0
    assert result.stdout == ""
    assert str(file) in result.stderr
    assert len(load(file).get(type(held))) == 1


def test_a_snapshot_needs_a_file(kdiag):
    result = kdiag("snapshot", "--bootstrap-server", "h:9092")

    assert result.exit_code == 2
    assert "--output-file" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_plug_in_that_cannot_be_loaded_is_said_and_costs_only_itself(kdiag, monkeypatch):
    class Broken:
        name = "theirs"

        def load(self):
            raise ImportError("no module theirs")

    monkeypatch.setattr("kdiag.registry.entry_points", lambda group: [Broken()])

    result = kdiag("checks")

    assert result.exit_code == 0
    assert "the plug-in theirs could not be loaded: ImportError" in result.stderr
