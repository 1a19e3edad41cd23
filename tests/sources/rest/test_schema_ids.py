"""Ids of sampled records, asked of registries over HTTP on loopback."""

import asyncio
import contextlib

from kdiag.snapshot import Missing
from kdiag.sources.rest.schema_ids import read_schema_ids
from tests.registry_tables import subjects
from tests.sources.rest.serving import asking, server, serving
from tests.tables import record_samples

UNKNOWN = (404, {"error_code": 40403, "message": "Schema not found"})
KNOWN = (200, {"schema": '"string"'})


def read(answers, *ids, names=(), is_dead=False):
    samples = record_samples(
        *(
            {"topic": "t", "partition": 0, "offset": n, "schema_id": id_}
            for n, id_ in enumerate(ids)
        )
    )
    with contextlib.ExitStack() as open_:
        one = open_.enter_context(serving(answers))
        servers = [server(one.url, "Schema Registry")]
        dead = {f"endpoint {one.url}": Missing("did not answer")} if is_dead else {}
        listed = subjects(*names, url=one.url, errors=dead)
        made = asyncio.run(read_schema_ids(servers, asking(), samples, listed))
    return dict(made.rows[["schema_id", "is_known"]].itertuples(index=False)), made.errors, one


def test_each_id_is_asked_once():
    answers = {"/schemas/ids/7": KNOWN, "/schemas/ids/9": UNKNOWN}

    told, errors, one = read(answers, 7, 9, 7, None)

    assert (told, errors) == ({7: True, 9: False}, {})
    assert sorted(one.asked) == ["/schemas/ids/7", "/schemas/ids/9"]


def test_what_cannot_be_an_id_is_not_asked():
    told, errors, one = read({}, 0, 2**31, 2**32 - 1)

    assert (told, errors, one.asked) == ({}, {}, [])


def test_other_contexts_are_asked_where_the_default_one_does_not_have_it():
    answers = {
        "/schemas/ids/7": UNKNOWN,
        "/schemas/ids/7?subject=%3A.eu%3A": KNOWN,
        "/schemas/ids/9": UNKNOWN,
    }

    told, errors, one = read(answers, 7, 9, names=(":.eu:a-value", ":.eu:b-value", ":.us:c", "d"))

    assert (told, errors) == ({7: True, 9: False}, {})
    assert len(one.asked) == 2 + 3


def test_a_registry_that_fails_is_not_one_that_does_not_know():
    told, errors, one = read({"/schemas/ids/7": (500, {"error_code": 50001})}, 7)

    assert told == {}
    assert "HTTP 500" in errors[f"endpoint {one.url}"].reason


def test_what_is_no_registry_does_not_count_as_not_knowing():
    told, errors, _ = read({}, 7)  # 404, and no code of a registry

    assert told == {}
    assert errors


def test_one_that_was_dead_just_now_is_not_asked_again():
    told, errors, one = read({"/schemas/ids/7": KNOWN}, 7, is_dead=True)

    assert (told, one.asked) == ({}, [])
    assert errors[f"endpoint {one.url}"] == Missing("did not answer")
