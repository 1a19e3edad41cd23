"""Schema registries as tables, over HTTP on loopback."""

import asyncio
import contextlib
import threading
from urllib.parse import quote

from kdiag.pipeline_sections import SchemaRegistries, SchemaSubjects, SubjectLevels
from kdiag.sources.rest.registry import read_registries
from tests.sources.rest.serving import asking, server, serving


def registry(levels, default="BACKWARD"):
    """What a registry answers: subject → level."""
    own = {
        f"/config/{quote(name, safe='')}": (200, {"compatibilityLevel": level})
        for name, level in levels.items()
    }
    return {
        "/config": (200, {"compatibilityLevel": default}),
        "/mode": (200, {"mode": "READWRITE"}),
        "/subjects": (200, list(levels)),
        **own,
    }


def read(*answers, how=None):
    """What registries that answer so make, and the services."""
    with contextlib.ExitStack() as open_:
        services = [open_.enter_context(serving(each)) for each in answers]
        servers = [server(service.url, "Schema Registry") for service in services]
        return asyncio.run(read_registries(servers, how or asking())), services


def test_subjects_and_their_levels_are_tables():
    made, [one] = read(registry({"orders-value": "NONE", ":.eu:a/b": "FULL"}))

    [about] = made[SchemaRegistries].rows.to_dict("records")
    assert about == {
        "url": one.url,
        "compatibility": "BACKWARD",
        "mode": "READWRITE",
        "subjects_count": 2,
    }
    assert list(made[SchemaSubjects].rows["schema_subject"]) == ["orders-value", ":.eu:a/b"]
    levels = made[SubjectLevels].rows
    assert dict(zip(levels["schema_subject"], levels["compatibility"], strict=True)) == {
        "orders-value": "NONE",
        ":.eu:a/b": "FULL",
    }
    assert all("defaultToGlobal=true" in path for path in one.asked if "/config/" in path)


def test_one_that_fails_costs_its_part():
    made, [bad, good] = read({}, registry({"a-value": "FULL"}))

    assert list(made[SchemaRegistries].rows["url"]) == [good.url]
    assert list(made[SchemaRegistries].errors) == [f"endpoint {bad.url}"]
    assert list(made[SubjectLevels].errors) == [f"endpoint {bad.url}"]


def test_levels_that_fail_leave_the_registry_up_and_the_others_known():
    answers = registry({"a-value": "FULL", "b-value": "NONE"}) | {
        "/config/a-value": (500, {"error_code": 50001})
    }

    made, [one] = read(answers)

    assert not made[SchemaRegistries].errors
    assert "HTTP 500" in made[SubjectLevels].errors[f"endpoint {one.url}"].reason
    assert list(made[SubjectLevels].rows["schema_subject"]) == ["b-value"]


def test_what_was_told_within_the_time_is_kept():
    """A subject on which the registry hangs keeps one that asks, and not the others."""
    over = threading.Event()
    hanging = (200, lambda: over.wait(60) and {})
    names = [f"t{n}-value" for n in range(50)]
    answers = registry(dict.fromkeys(names, "FULL")) | {"/config/t0-value": hanging}

    made, [one] = read(answers, how=asking(seconds=30, all_seconds=6))
    over.set()

    assert sorted(made[SubjectLevels].rows["schema_subject"]) == sorted(names[1:])
    reason = made[SubjectLevels].errors[f"endpoint {one.url}"].reason
    assert reason == "49 of 50 subjects were asked within 5.4 s"
    assert not made[SchemaRegistries].errors


def test_a_subject_that_is_gone_by_now_is_left_out():
    gone = (404, {"error_code": 40401, "message": "Subject not found"})

    made, _ = read(registry({"a-value": "FULL", "b-value": "FULL"}) | {"/config/b-value": gone})

    assert list(made[SubjectLevels].rows["schema_subject"]) == ["a-value"]
    assert not made[SubjectLevels].errors


def test_what_is_no_registry_is_said():
    answers = registry({}) | {"/subjects": (200, {"no": "list"})}

    made, [one] = read(answers)

    assert "is not Schema Registry" in made[SchemaRegistries].errors[f"endpoint {one.url}"].reason


def test_many_subjects_are_a_few_requests_each():
    how = asking(all_seconds=60.0)

    made, _ = read(registry({f"t{n}-value": "FULL" for n in range(500)}), how=how)

    assert len(made[SubjectLevels]) == 500
    assert how.requests["Schema Registry GET /config/{}"] == 500
    assert how.requests.total() == 1005  # and the last version of each, where no page tells it


def test_what_costs_a_request_a_subject_is_asked_only_where_it_is_wanted():
    answers = registry({"a-value": "FULL", "b-value": "NONE"})
    with serving(answers) as one:
        servers = [server(one.url, "Schema Registry")]
        made = asyncio.run(read_registries(servers, asking(), {SchemaRegistries, SubjectLevels}))

    assert set(made) == {SchemaRegistries, SubjectLevels}
    assert len(made[SubjectLevels]) == 2
    assert not any(path.startswith(("/schemas", "/subjects/")) for path in one.asked)


def test_a_list_of_subjects_without_an_end_is_no_list():
    numbers = iter(range(10**9))

    made, _ = read(registry({}) | {"/subjects": (200, lambda: [f"t{next(numbers)}"])})

    [missing] = made[SchemaSubjects].errors.values()
    assert "more than 199 subjects, and goes on" in missing.reason


def test_names_are_read_page_by_page():
    names = [f"t{n}-value" for n in range(1500)]
    pages = {
        f"/subjects?offset={at}&limit=1000": (200, names[at : at + 1000]) for at in (0, 1000, 1500)
    }

    made, _ = read(registry({}) | pages, how=asking(all_seconds=60.0))

    assert list(made[SchemaSubjects].rows["schema_subject"]) == names
