import pytest

from tests.lint.topic_files import topics

ID = "lint-topic-definition"
FIRES = topics(partitions=0)
SILENT = topics()


def test_fires_at_its_line(worst):
    severity, line, symptom = worst(ID, FIRES, "t.yaml")

    assert (severity, line) == ("critical", 3)
    assert "0 as partitions" in symptom


def test_is_silent_on_what_looks_alike(lint):
    assert lint(ID, SILENT, "t.yaml") == ("ok", [])


@pytest.mark.parametrize(("most", "is_refused"), [(10, True), (100, False)])
def test_compaction_must_be_let_wait_no_longer_than_it_may(lint, most, is_refused):
    config = f"{{min.compaction.lag.ms: 100, max.compaction.lag.ms: {most}}}"
    text = f"topics: [{{name: a, partitions: 3, config: {config}}}]\n"

    _, found = lint(ID, text, "t.yaml")

    assert [symptom for *_, symptom in found if "compaction" in symptom] == (
        ["min.compaction.lag.ms=100 is more than max.compaction.lag.ms=10."] if is_refused else []
    )


def test_items_of_a_list_of_jikkou_need_no_kind(lint):
    text = (
        "apiVersion: kafka.jikkou.io/v1beta2\nkind: KafkaTopicList\nitems:\n"
        "- metadata: {name: a}\n  spec: {partitions: 4, replicas: 3}\n"
        "- metadata: {name: b c}\n  spec: {partitions: 4, replicas: 3}\n"
    )

    _, found = lint(ID, text, "t.yaml")

    assert [symptom for *_, symptom in found] == ["'b c' is no name of a topic."]


def test_partitions_that_are_there_twice_are_told_at_the_line_that_is_void(worst):
    text = "topics:\n  - name: a\n    partitions: 3\n    partitions: 6\n"

    severity, line, symptom = worst(ID, text, "t.yaml")

    assert (severity, line) == ("warning", 3)
    assert "3 does not count" in symptom
