"""Schema registries as tables, over HTTP on loopback."""

import asyncio
import contextlib
import threading
from urllib.parse import quote

import pytest

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


def test_an_answer_that_got_lost_is_asked_for_again():
    over, asked = threading.Event(), []

    def first_lost():
        asked.append("once")
        if len(asked) == 1:
            over.wait(60)
        return {"compatibilityLevel": "NONE"}

    names = [f"t{n}-value" for n in range(50)]
    answers = registry(dict.fromkeys(names, "FULL")) | {"/config/t0-value": (200, first_lost)}

    made, [one] = read(answers, how=asking(seconds=3, all_seconds=30))
    over.set()

    levels = made[SubjectLevels].rows.set_index("schema_subject")["compatibility"]
    assert set(levels.index) == set(names)
    assert levels["t0-value"] == "NONE"
    assert not made[SubjectLevels].errors
    assert sum(path.startswith("/config/t0-value") for path in one.asked) == 2


def test_one_that_never_answers_is_asked_twice():
    over = threading.Event()
    lost = (200, lambda: over.wait(60) and {})

    made, [one] = read(registry({"a": "FULL"}) | {"/config/a": lost}, how=asking(3, 30))
    over.set()

    [why] = made[SubjectLevels].errors.values()
    assert "did not answer within 3 s" in why.reason
    assert sum(path.startswith("/config/a") for path in one.asked) == 2


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


def test_a_list_of_subjects_that_goes_on_otherwise_is_no_list():
    numbers = iter(range(10**9))

    made, _ = read(registry({}) | {"/subjects": (200, lambda: [f"t{next(numbers)}", "x", "y"])})

    [missing] = made[SchemaSubjects].errors.values()
    assert missing.reason.endswith("lists are others page by page")


def paged(names, most):
    """What a registry answers whose pages are no larger than that."""
    return {
        f"/subjects?offset={at}&limit=100000": (200, names[at : at + most])
        for at in range(len(names) + 1)
    }


@pytest.mark.parametrize("most", [2, 150, 1000])
def test_names_are_read_page_by_page(most):
    names = [f"t{n}-value" for n in range(310 if most > 2 else 20)]

    made, _ = read(registry({}) | paged(names, most), how=asking(all_seconds=60.0))

    assert list(made[SchemaSubjects].rows["schema_subject"]) == names


def test_no_name_slips_through_where_others_are_deleted_meanwhile():
    names = [f"t{n}-value" for n in range(1100)]
    answers = registry({}) | paged(names[3:], 1000)
    answers["/subjects?offset=0&limit=100000"] = (200, names[:1000])

    made, _ = read(answers, how=asking(all_seconds=60.0))

    assert set(made[SchemaSubjects].rows["schema_subject"]) == set(names)


def test_names_that_no_path_can_have_cost_themselves():
    made, _ = read(registry({"ok": "FULL", ".": "NONE", "..": "NONE", "": "NONE"}))

    assert set(made[SchemaSubjects].rows["schema_subject"]) == {"ok", ".", "..", ""}
    assert set(made[SubjectLevels].rows["schema_subject"]) == {"ok"}
    [why] = made[SubjectLevels].errors.values()
    assert "cannot be asked for" in why.reason


def test_half_a_character_in_a_name_is_a_question_mark():
    answers = registry({"?x": "FULL"}) | {"/subjects": (200, b'["\\ud800x", "\\ud83d\\ude00"]')}
    answers[f"/config/{quote(chr(0x1F600))}"] = (200, {"compatibilityLevel": "FULL"})

    made, _ = read(answers)

    assert set(made[SubjectLevels].rows["schema_subject"]) == {"?x", chr(0x1F600)}


@pytest.mark.parametrize("answer", [(404, {"error_code": 404}), (405, b""), (403, b"")])
def test_a_registry_without_a_mode_is_read_all_the_same(answer):
    made, _ = read(registry({"ok": "FULL"}) | {"/mode": answer})

    [about] = made[SchemaRegistries].rows.itertuples()
    assert (about.compatibility, about.subjects_count) == ("BACKWARD", 1)
    assert about.mode is None or about.mode != about.mode
    assert not made[SchemaRegistries].errors


def test_a_config_of_a_subject_without_a_level_has_the_global_one():
    """As an alias has; a context may have a level of its own, so there it is not known."""
    answers = registry({"ok": "FULL", "alias": "NONE", ":.eu:alias": "NONE"}, default="FORWARD")
    for name in ("alias", quote(":.eu:alias", safe="")):
        answers[f"/config/{name}"] = (200, {"alias": "ok"})

    made, _ = read(answers)

    levels = made[SubjectLevels].rows.set_index("schema_subject")["compatibility"]
    assert levels.to_dict() == {"ok": "FULL", "alias": "FORWARD"}
    [why] = made[SubjectLevels].errors.values()
    assert "there is no compatibilityLevel" in why.reason


def test_a_subject_that_is_refused_costs_itself():
    answers = registry({"ok": "FULL", "secret": "NONE", "z": "NONE"})

    made, _ = read(answers | {"/config/secret": (403, b"{}")})

    assert set(made[SubjectLevels].rows["schema_subject"]) == {"ok", "z"}
    [why] = made[SubjectLevels].errors.values()
    assert "refuses us (HTTP 403)" in why.reason
