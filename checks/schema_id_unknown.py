"""Records that carry a schema id which no registry knows.

Serialisers write a zero byte, the id of the schema in four bytes, and the record. Who reads it asks
the registry for that id, and fails where it is not known: a subject was deleted for good, the store
of schemas was lost, or the producer asked another registry.

Reads: with --sample-records the last record of each topic and those at which groups stand (Fetch;
only sizes and the id are kept), GET /schemas/ids/ID of each registry, GET /subjects. Values of
other formats may begin with a zero byte too: it is certain only for topics that have a subject
TOPIC-value, or other records with ids that are known. Without either, values of eight bytes (a
number) and ids that no registry reaches are passed over. Ids in keys, and in headers (Confluent's
serialisers of release 8 may write them there), are not looked at. A registry that was not asked for
an id may know it: then nothing is said.
"""

from typing import Any

from kdiag.api import (
    Action,
    Finding,
    RecordSamples,
    Said,
    SchemaIds,
    SchemaSubjects,
    Severity,
    check,
    topic,
    topic_of,
)

_NUMBER_BYTES = 8
"""Size of a long: a small one begins with zeros, and is no id."""

_PLAUSIBLE = 1 << 20
"""Registries count ids from 1: larger ones are rather the first bytes of something else."""


@check(area="pipelines")
def schema_id_unknown(samples: RecordSamples, ids: SchemaIds, subjects: SchemaSubjects) -> Said:
    """Sampled records whose schema id no registry knows."""
    known = ids.rows.groupby("schema_id")["is_known"].any()
    is_whole = not ids.errors and not subjects.errors
    lost = set(known[~known].index) if is_whole else set()
    rows = samples.rows[samples.rows["schema_id"].isin(lost)]
    halves = [topic_of(name) for name in subjects.rows["schema_subject"]]
    sure = {name for _, name, half in halves if half == "-value"}
    sure |= set(samples.rows.loc[samples.rows["schema_id"].isin(known[known].index), "topic"])
    for name, its in rows.groupby("topic", sort=True):
        if name in sure:
            yield _finding(str(name), its, "critical")
            continue
        its = its[(its["value_bytes"] != _NUMBER_BYTES) & (its["schema_id"] < _PLAUSIBLE)]
        if len(its):
            yield _finding(str(name), its, "info" if len(subjects) else "warning")


def _finding(name: str, rows: Any, severity: Severity) -> Finding:
    first = rows.iloc[0]
    id_, place = int(first["schema_id"]), f"{name}-{first['partition']} at {first['offset']}"
    is_sure = severity == "critical"
    text = {
        "critical": f"carries schema id {id_}, which the registry does not know.",
        "warning": f"begins as one with schema id {id_}, and the registry has no subject at all.",
        "info": f"begins as one with schema id {id_}, which the registry does not know; no subject "
        "is for this topic.",
    }[severity]
    return Finding(
        severity,
        topic(name),
        f"The record of {place} {text}",
        "Consumers that ask this registry cannot read such records, and stand at the first of them."
        if is_sure
        else "If it was written with a registry, its consumers cannot read it.",
        evidence={
            "schema_ids": sorted({int(each) for each in rows["schema_id"]}),
            "records": [
                {
                    "partition": int(row.partition),
                    "offset": int(row.offset),
                    "schema_id": int(row.schema_id),
                }
                for row in rows.itertuples()
            ],
            "sampled_records_count": len(rows),
        },
        actions=(
            Action(
                f"Ask who writes to {name} which registry they use. If it is this one, bring the "
                f"schema back: from a backup, or by registering it anew with its id {id_} (the "
                "mode IMPORT of Confluent's registry lets an id be given)."
                if is_sure
                else f"Ask who writes to {name} whether values are of a registry, and of which.",
            ),
        ),
        confidence="certain" if is_sure else "possible",
    )
