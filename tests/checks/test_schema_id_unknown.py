from kdiag.finding import NotApplicable
from kdiag.pipeline_sections import SchemaIds, SchemaSubjects
from kdiag.sections import RecordSamples
from kdiag.snapshot import Missing
from tests.registry_tables import OTHER, URL, schema_ids, subjects
from tests.tables import NOW, record_samples

HERE = {"topic": "orders", "partition": 3, "offset": 41, "schema_id": 9999}


def said(judge, *samples, ids, names=("orders-value",), **errors):
    return judge(
        "schema-id-unknown", record_samples(*samples), schema_ids(ids, **errors), subjects(*names)
    )


def test_an_id_that_the_registry_does_not_know_is_found(judge):
    [finding] = said(judge, HERE, ids={9999: False}).findings

    assert (finding.severity, finding.confidence) == ("critical", "certain")
    assert finding.subject.as_dict() == {"type": "topic", "topic": "orders"}
    assert finding.symptom == (
        "The record of orders-3 at 41 carries schema id 9999, which the registry does not know."
    )
    assert finding.evidence == {
        "schema_ids": [9999],
        "records": [{"partition": 3, "offset": 41, "schema_id": 9999}],
        "sampled_records_count": 1,
    }


def test_ids_that_are_known_are_silent(judge):
    assert said(judge, HERE, ids={9999: True}).status == "ok"


def test_a_topic_with_other_records_of_the_registry_is_certain(judge):
    other = {**HERE, "offset": 2, "schema_id": 5}

    [finding] = said(judge, HERE, other, ids={9999: False, 5: True}, names=("x-value",)).findings

    assert finding.severity == "critical"


def test_a_topic_without_a_subject_is_possible(judge):
    [finding] = said(judge, HERE, ids={9999: False}, names=("other-value",)).findings

    assert (finding.severity, finding.confidence) == ("info", "possible")


def test_a_registry_that_has_lost_everything_is_a_warning(judge):
    [finding] = said(judge, HERE, ids={9999: False}, names=()).findings

    assert (finding.severity, finding.confidence) == ("warning", "possible")
    assert "no subject at all" in finding.symptom


def test_numbers_and_other_formats_are_silent(judge):
    number = {**HERE, "value_bytes": 8}
    other = {**HERE, "schema_id": 0x02141666}

    assert said(judge, number, ids={9999: False}, names=()).status == "ok"
    assert said(judge, other, ids={0x02141666: False}, names=("x",)).status == "ok"


def test_one_of_two_registries_that_knows_it_is_enough(judge):
    rows = [{"url": URL, "schema_id": 9999, "is_known": False}]
    both = SchemaIds.from_rows([*rows, {**rows[0], "url": OTHER, "is_known": True}], read_at=NOW)

    result = judge("schema-id-unknown", record_samples(HERE), both, subjects("orders-value"))

    assert result.status == "ok"


def test_is_unknown_where_a_registry_may_know_it(judge):
    lacking = {f"endpoint {URL}": Missing("did not answer")}

    result = said(judge, HERE, ids={9999: False}, errors=lacking)

    assert result.status == "unknown"


def test_is_unknown_without_looking_at_records(judge):
    why = Missing("no record was looked at", "--sample-records")
    absent = {RecordSamples: why, SchemaIds: why}

    result = judge("schema-id-unknown", subjects("orders-value"), absent=absent)

    assert (result.status, result.needs) == ("unknown", "--sample-records")


def test_does_not_apply_without_a_registry(judge):
    none = NotApplicable("no Schema Registry was given (--schema-registry)")
    absent = {
        RecordSamples: Missing("no record was looked at", "--sample-records"),
        SchemaIds: none,
        SchemaSubjects: none,
    }

    assert judge("schema-id-unknown", absent=absent).status == "not_applicable"
