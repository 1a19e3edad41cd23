from kdiag.finding import Subject
from kdiag.snapshot import Missing
from tests.registry_tables import OTHER, URL, registries, subject_levels


def test_a_subject_of_its_own_is_found(judge):
    levels = subject_levels({"orders-value": "NONE", "users-value": "FULL"})

    [finding] = judge("schema-compatibility-none", registries({URL: "BACKWARD"}), levels).findings

    assert finding.subject == Subject.of("schema_subject", schema_subject="orders-value")
    assert finding.severity == "warning"


def test_a_global_none_is_one_finding(judge):
    levels = subject_levels({"orders-value": "NONE", "users-value": "NONE"})

    [finding] = judge("schema-compatibility-none", registries({URL: "NONE"}), levels).findings

    assert finding.subject == Subject.of("endpoint", url=URL)
    assert "2 subjects" in finding.symptom


def test_a_global_none_is_fine_where_every_subject_has_a_level(judge):
    levels = subject_levels({"orders-value": "BACKWARD", "users-value": "FULL"})

    assert judge("schema-compatibility-none", registries({URL: "NONE"}), levels).status == "ok"


def test_two_nodes_of_a_registry_are_told_once(judge):
    both = registries({URL: "BACKWARD", OTHER: "BACKWARD"})
    levels = subject_levels({"orders-value": "NONE"}, urls=(URL, OTHER))

    assert len(judge("schema-compatibility-none", both, levels).findings) == 1


def test_is_unknown_where_levels_were_not_read(judge):
    slow = {f"endpoint {URL}": Missing("was not read within 10 s")}

    result = judge(
        "schema-compatibility-none", registries({URL: "NONE"}), subject_levels({}, errors=slow)
    )

    assert result.status == "unknown"
