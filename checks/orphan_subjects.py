"""Subjects of Schema Registry whose topic is not there.

Deleting a topic leaves its subjects. They count against limits of registries, and who makes the
topic again with another schema is refused by the old one.

Reads: GET /subjects of each registry, Metadata (topics). Only subjects TOPIC-key and TOPIC-value
(TopicNameStrategy) are judged: those of RecordNameStrategy and TopicRecordNameStrategy end with the
name of a record, and may be used by any topic. A topic that we may not describe, or of another
cluster that uses the same registry, looks the same as none: so it is possible, not certain.
"""

from kdiag.api import (
    Action,
    Finding,
    Said,
    SchemaSubjects,
    Subject,
    Topics,
    check,
    topic_of,
)


@check(area="pipelines")
def orphan_subjects(subjects: SchemaSubjects, topics: Topics) -> Said:
    """Subjects TOPIC-key and TOPIC-value without such a topic."""
    known = set(topics.rows["topic"])
    for name, rows in subjects.rows.groupby("schema_subject", sort=True):
        _, topic, half = topic_of(str(name))
        if not half or topic in known:
            continue
        yield Finding(
            "info",
            Subject.of("schema_subject", schema_subject=str(name)),
            f"Subject {name} is for topic {topic}, which this cluster does not show.",
            "A topic made anew by that name is held to the schemas of the old one.",
            evidence={"topic": topic, "registries": sorted(rows["url"])},
            actions=(
                Action(
                    "Ask who owns it, and whether another cluster uses this registry; else delete "
                    "the subject (it can be brought back until it is deleted for good).",
                ),
            ),
            confidence="possible",
        )
