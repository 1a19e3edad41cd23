"""Compatibility levels of subjects, over several passes."""

from kdiag.exporter.subject_counts import SubjectCounts
from kdiag.pipeline_sections import SubjectLevels
from kdiag.snapshot import Missing
from tests.exporter.scenes import snapshot
from tests.registry_tables import OTHER, URL, subject_levels

LEVELS = {"orders-value": "BACKWARD", "paid-value": "BACKWARD", "free-value": "NONE"}


def after(*levels):
    counts = SubjectCounts()
    for each in levels:
        counts.see(snapshot([each]))
    return counts.by_level


def test_subjects_are_counted_by_registry_and_level():
    assert after(subject_levels(LEVELS)) == {(URL, "BACKWARD"): 2, (URL, "NONE"): 1}


def test_the_last_diagnosis_counts():
    assert after(subject_levels(LEVELS), subject_levels({"a-value": "FULL"})) == {(URL, "FULL"): 1}


def test_a_registry_that_told_a_part_is_not_counted():
    late = {f"endpoint {URL}": Missing("2 of 3 subjects were asked within 9 s")}

    assert after(subject_levels(LEVELS, (URL, OTHER), errors=late)) == {
        (OTHER, "BACKWARD"): 2,
        (OTHER, "NONE"): 1,
    }


def test_what_was_not_read_is_not_known_any_more():
    counts = SubjectCounts()
    counts.see(snapshot([subject_levels(LEVELS)]))

    counts.see(snapshot([], {SubjectLevels: Missing("it timed out")}))

    assert not counts.by_level
