import pytest

from kdiag.finding import Subject
from kdiag.pipeline_sections import SubjectLevels
from kdiag.snapshot import Missing
from tests.registry_tables import OTHER, URL, pairs, subject_levels

NAME = "orders-value"
BROKEN = (("type", "int cannot read string"),)
NEITHER = {"backward": BROKEN, "forward": (("type", "string cannot read int"),)}


def said(judge, level, **pair):
    row = {"schema_subject": NAME, **pair}
    return judge("schema-incompatible", pairs(row), subject_levels({NAME: level}))


def test_versions_that_cannot_read_each_other_are_found_under_none(judge):
    [finding] = said(judge, "NONE", **NEITHER).findings

    assert finding.subject == Subject.of("schema_subject", schema_subject=NAME)
    assert finding.severity == "warning"
    assert finding.symptom == (
        "Versions 1 and 2 of subject orders-value cannot read each other: int cannot read string."
    )
    assert finding.evidence == {
        "compatibility": "NONE",
        "version": 2,
        "earlier_version": 1,
        "breaks": ["2 on 1: int cannot read string", "1 on 2: string cannot read int"],
        "registries": [URL],
    }


def test_what_a_level_promises_is_held_against_the_last_two_versions(judge):
    [finding] = said(judge, "BACKWARD_TRANSITIVE", **NEITHER).findings

    assert finding.symptom.startswith("Version 2 of subject orders-value cannot read records of")
    assert "another when version 2 came" in finding.cause
    [finding] = said(judge, "FORWARD", forward=BROKEN).findings
    assert finding.symptom.startswith("Version 1 of subject orders-value cannot read records of")


@pytest.mark.parametrize(
    ("level", "pair"),
    [
        ("BACKWARD", {"forward": BROKEN}),
        ("FORWARD", {"backward": BROKEN}),
        ("NONE", {"backward": BROKEN}),
        ("NONE", {"forward": BROKEN}),
        ("FULL", {}),
    ],
)
def test_what_is_not_promised_or_fits_is_silent(judge, level, pair):
    assert said(judge, level, **pair).status == "ok"


def test_several_kinds_of_record_in_one_subject_are_silent_under_none(judge):
    assert said(judge, "NONE", is_same_name=False, **NEITHER).status == "ok"
    assert said(judge, "FULL", is_same_name=False, **NEITHER).status == "problem"


def test_versions_of_different_groups_are_silent(judge):
    assert said(judge, "BACKWARD", is_same_group=False, **NEITHER).status == "ok"


def test_two_nodes_of_a_registry_are_told_once(judge):
    row = {"schema_subject": NAME, **NEITHER}
    both = pairs({**row, "url": URL}, {**row, "url": OTHER})
    levels = subject_levels({NAME: "NONE"}, urls=(URL, OTHER))

    [finding] = judge("schema-incompatible", both, levels).findings

    assert finding.evidence["registries"] == [URL, OTHER]


def test_is_unknown_where_versions_or_levels_were_not_read(judge):
    lacking = {f"endpoint {URL}": Missing("2 subjects were not compared: Protobuf, an import")}

    result = judge("schema-incompatible", pairs(errors=lacking), subject_levels({}))
    assert result.status == "unknown"
    assert "Protobuf" in result.reason

    absent = {SubjectLevels: Missing("refused")}
    assert judge("schema-incompatible", pairs(), absent=absent).status == "unknown"
