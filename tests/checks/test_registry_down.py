from kdiag.finding import Subject
from kdiag.snapshot import Missing
from tests.registry_tables import OTHER, URL, registries

DEAD = {f"endpoint {URL}": Missing("Schema Registry cannot be reached")}


def test_the_only_one_is_critical(judge):
    [finding] = judge("registry-down", registries({}, errors=DEAD)).findings

    assert finding.subject == Subject.of("endpoint", url=URL)
    assert finding.severity == "critical"
    assert finding.cause == "Schema Registry cannot be reached"


def test_one_of_two_is_a_warning(judge):
    alive = registries({OTHER: "BACKWARD"}, errors=DEAD)

    [finding] = judge("registry-down", alive).findings

    assert finding.severity == "warning"


def test_one_that_answers_is_fine(judge):
    assert judge("registry-down", registries({URL: "BACKWARD"})).status == "ok"


def test_one_that_refuses_us_is_not_down_but_unknown(judge):
    refused = {f"endpoint {URL}": Missing("refuses us (HTTP 401)", "credentials")}

    assert judge("registry-down", registries({}, errors=refused)).status == "unknown"


def test_a_dead_one_is_no_last_one_while_another_refuses_us(judge):
    errors = {**DEAD, f"endpoint {OTHER}": Missing("refuses us (HTTP 401)", "credentials")}

    [finding] = judge("registry-down", registries({}, errors=errors)).findings

    assert finding.severity == "warning"
