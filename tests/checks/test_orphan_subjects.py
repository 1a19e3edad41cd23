from kdiag.finding import Subject
from kdiag.sections import Topics
from kdiag.snapshot import Missing
from tests.registry_tables import URL, subjects
from tests.tables import topics

HERE = topics({"topic": "orders"})


def test_a_subject_without_its_topic_is_found(judge):
    named = subjects("gone-value", "orders-value", "orders-key")

    [finding] = judge("orphan-subjects", named, HERE).findings

    assert finding.subject == Subject.of("schema_subject", schema_subject="gone-value")
    assert (finding.severity, finding.confidence) == ("info", "possible")
    assert finding.evidence == {"topic": "gone", "registries": [URL]}


def test_subjects_of_other_strategies_are_not_judged(judge):
    named = subjects("com.acme.Order", "gone-com.acme.Order")

    assert judge("orphan-subjects", named, HERE).status == "ok"


def test_a_context_is_no_part_of_the_topic(judge):
    assert judge("orphan-subjects", subjects(":.eu:orders-value"), HERE).status == "ok"


def test_is_unknown_without_topics(judge):
    absent = {Topics: Missing("refused")}

    assert judge("orphan-subjects", subjects("a-value"), absent=absent).status == "unknown"
