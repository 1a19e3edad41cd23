"""What an agent gets, asked by the SDK's own client."""

import json
from datetime import timedelta

import pytest
from mcp.shared.exceptions import MCPError

from kdiag.errors import ConnectError
from kdiag.mcp.server import STRANGERS
from kdiag.render.json import document
from kdiag.runbook import read_runbook
from tests.mcp.desks import (
    CHECKS,
    HOSTILE,
    aged,
    ask,
    asked,
    broken,
    judge,
    refused,
    snapshot,
    talk,
)
from tests.tables import partition_row

PREFLIGHTS = ("preflight_restart", "preflight_reassign", "preflight_upgrade")
TOOLS = ("doctor", "lag", "group", "diff", *PREFLIGHTS, "explain", "lint")


def checks_of(answer):
    return {finding["check"] for finding in answer["answer"]["findings"]}


def test_every_tool_says_that_it_only_reads_and_that_names_are_data():
    async def tools(client):
        return (await client.list_tools()).tools

    listed = talk(tools)

    assert {tool.name for tool in listed} >= set(TOOLS)
    for tool in listed:
        assert tool.annotations.read_only_hint
        assert tool.input_schema["additionalProperties"] is False
        assert STRANGERS in tool.description or tool.name in ("explain", "lint")


def test_doctor_answers_with_the_json_of_the_command_line():
    held = broken()

    answer = asked("doctor", {"all_results": True}, take=lambda: held)

    def steady(whole):
        results = [{**result, "duration_seconds": 0} for result in whole["results"]]
        return {**whole, "results": results}

    assert steady(answer["answer"]) == steady(json.loads(json.dumps(document(judge(held)))))
    assert answer["left_out"] == {}
    assert answer["untrusted"] == STRANGERS
    assert 0 <= answer["snapshot"]["age_seconds"] < 60


def test_names_from_the_cluster_stay_in_the_marked_part():
    answer = asked("doctor")

    around = {key: value for key, value in answer.items() if key != "answer"}
    assert HOSTILE in json.dumps(answer["answer"])
    assert HOSTILE not in json.dumps(around)


def test_a_scope_gives_what_is_about_it_and_the_verdict_of_the_whole():
    whole = asked("doctor")["answer"]

    about = asked("doctor", {"topic": "orders"})["answer"]
    area = asked("doctor", {"area": "security", "all_results": True})["answer"]

    assert {f["subject"].get("topic") for f in about["findings"]} <= {"orders", None}
    assert about["findings"]
    assert about["verdict"] == whole["verdict"]
    assert {result["area"] for result in area["results"]} == {"security"}


def test_results_without_a_problem_are_counted_unless_they_are_asked_for():
    held = broken()
    whole = asked("doctor", {"all_results": True}, take=lambda: held)
    short = asked("doctor", take=lambda: held)
    about = asked("doctor", {"topic": "clicks"}, take=lambda: held)

    shown, all_ = short["answer"]["results"], whole["answer"]["results"]
    assert {each["status"] for each in shown} == {"problem", "unknown"}
    assert short["left_out"] == {"results without a problem": len(all_) - len(shown)}
    assert short["answer"]["coverage"] == whole["answer"]["coverage"]
    others = len(short["answer"]["findings"]) - len(about["answer"]["findings"])
    assert about["left_out"]["findings not asked for"] == others > 0


def test_the_cause_of_what_is_asked_for_is_given_too():
    rows = [
        partition_row("orders", replicas=(1, 2, 9), isr=(1, 2)),
        partition_row("clicks", replicas=(1, 2, 9), isr=(1, 2)),
    ]

    answer = asked("doctor", {"topic": "orders"}, take=lambda: snapshot(*rows))

    roots = {f["fingerprint"] for f in answer["answer"]["findings"]}
    explained = {f["explained_by"] for f in answer["answer"]["findings"]} - {None}
    assert explained
    assert explained <= roots


def test_a_long_answer_comes_in_pages_of_one_snapshot():
    rows = [partition_row(f"topic-{number}", isr=(1,)) for number in range(60)]
    held = snapshot(*rows)

    async def pages(client):
        answer = await ask(client, "doctor", all_results=True)
        answers = [answer]
        while answer["cursor"]:
            more = {"all_results": True, "cursor": answer["cursor"]}
            answer = await ask(client, "doctor", **more)
            answers.append(answer)
        return answers

    answers = talk(pages, max_bytes=8_000, take=lambda: held, max_age_seconds=0)

    assert len(answers) > 5
    assert len({answer["snapshot"]["started_at"] for answer in answers}) == 1
    assert all(len(json.dumps(answer)) <= 8_000 for answer in answers)
    results = [result["check"] for a in answers for result in a["answer"]["results"]]
    assert results == [result.check for result in judge(held).results]
    assert len(results) == len(CHECKS)


def test_a_cursor_of_another_question_or_reading_is_refused():
    rows = [partition_row(f"topic-{number}", isr=(1,)) for number in range(60)]
    taken = iter([aged(snapshot(*rows), timedelta(seconds=5)), snapshot(*rows)])

    async def mixed(client):
        cursor = (await ask(client, "doctor"))["cursor"]
        other = await refused(client, "doctor", topic="topic-1", cursor=cursor)
        none = await refused(client, "doctor", cursor="x")
        await ask(client, "lag")
        return other, none, await refused(client, "doctor", cursor=cursor)

    said = talk(mixed, max_bytes=8_000, take=lambda: next(taken), max_age_seconds=1)

    assert said == (
        "this cursor belongs to another question; ask without one",
        "this cursor belongs to another question; ask without one",
        "the cluster was read again since this cursor; ask without one",
    )


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("doctor", {"area": "lagg"}, "area: 'lagg' is not one of ["),
        ("doctor", {"topic": 5}, "topic: 5 is not of type 'string'"),
        ("doctor", {"bootstrap": "evil:9092"}, "arguments: Additional properties are not allowed"),
        ("doctor", {"topic": "nope"}, "there is no topic 'nope'"),
        ("doctor", {"topic": ""}, "topic: '' should be non-empty"),
        ("lag", {"min_lag_records": -1}, "min_lag_records: -1 is less than the minimum of 0"),
        ("group", {}, "arguments: 'group' is a required property"),
        ("explain", {}, "arguments: 'check' is a required property"),
        ("preflight_restart", {}, "name one broker by its id, or a rack"),
        ("preflight_restart", {"broker": 9}, "there is no broker 9; there are 1, 2, 3"),
        ("preflight_restart", {"broker": "1"}, "broker: '1' is not of type 'integer'"),
        ("preflight_reassign", {"reassignment": {}}, "reassignment: is no reassignment"),
        ("diff", {}, "there is no earlier report yet"),
        ("diff", {"since": "yesterday"}, "no report of yesterday is kept; kept are none"),
    ],
)
def test_broken_arguments_are_one_sentence(tool, arguments, said):
    sentence = asked(tool, arguments, how=refused)

    assert sentence.startswith(said)
    assert "\n" not in sentence
    assert len(sentence) < 400


def test_an_unknown_tool_or_runbook_is_an_error_of_the_protocol():
    async def unknown(client):
        with pytest.raises(MCPError, match="there is no tool 'docter'; did you mean doctor"):
            await client.call_tool("docter", {})
        with pytest.raises(MCPError, match="there is no runbook"):
            await client.read_resource("kdiag://runbooks/../../etc/passwd")
        with pytest.raises(MCPError, match="there is no resource"):
            await client.read_resource("file:///etc/passwd")
        return await ask(client, "lag")

    assert talk(unknown)["answer"]["rows"] == []


def test_runbooks_are_resources():
    async def read(client):
        listed = (await client.list_resources()).resources
        page = await client.read_resource("kdiag://runbooks/under-min-isr")
        return {each.name for each in listed}, page.contents[0].text

    names, text = talk(read)

    assert names >= {check.id for check in CHECKS}
    assert text == read_runbook("under-min-isr")


def test_what_changed_is_told_since_any_earlier_report():
    first, second = aged(snapshot(partition_row("orders")), timedelta(minutes=5)), broken()
    taken = iter([first, second])

    async def later(client):
        began = (await ask(client, "doctor"))["answer"]["started_at"]
        return await ask(client, "diff", since=began), await ask(client, "diff")

    named, default = talk(later, take=lambda: next(taken))

    assert named["answer"]["changes"] == default["answer"]["changes"]
    kinds = {change["kind"] for change in named["answer"]["changes"]}
    assert kinds & {"new", "seen"}


def test_a_baseline_is_compared_with_at_once():
    before = judge(snapshot(partition_row("orders")))

    answer = asked("diff", baseline=before)

    assert answer["answer"]["changes"]


def test_preflights_judge_without_touching_anything():
    restart = asked("preflight_restart", {"broker": 1})["answer"]
    upgrade = asked("preflight_upgrade", {"release": "5.0"}, how=refused)
    moves = [{"topic": "clicks", "partition": 0, "replicas": [1]}]
    proposal = {"version": 1, "partitions": moves}
    reassign = asked("preflight_reassign", {"reassignment": proposal})["answer"]

    assert restart["verdict"]["status"] == "critical"
    assert "knows no upgrade to '5.0'" in upgrade
    assert "replication-factor-low" in {f["check"] for f in reassign["findings"]}


def test_a_cluster_that_is_down_is_one_sentence_and_the_server_lives_on():
    calls = iter([ConnectError("h:9092: cannot connect: connection refused"), broken()])

    def take():
        found = next(calls)
        if isinstance(found, Exception):
            raise found
        return found

    async def twice(client):
        return await refused(client, "doctor"), await ask(client, "doctor")

    said, answer = talk(twice, take=take)

    assert said == "h:9092: cannot connect: connection refused"
    assert answer["answer"]["findings"]


def test_a_crash_tells_its_kind_and_not_what_it_held(caplog):
    def take():
        raise ValueError("password=hunter2")

    async def twice(client):
        return await refused(client, "doctor"), await refused(client, "lag")

    for said in talk(twice, take=take):
        assert said == "kdiag crashed: ValueError; its log says more"


def test_the_content_of_a_file_is_judged_page_by_page_without_the_cluster():
    def never():
        raise AssertionError("lint asks nothing of the cluster")

    content = "acks=1\nenable.idempotence=true\nlinger.msec=5\nbootstrap.servers=h:9092\n"

    async def asking(client):
        first = await ask(client, "lint", content=content, name="p.properties", kind="producer")
        small = await ask(client, "lint", content=content, kind="producer", cursor="lint/1")
        return first, small

    whole, rest = talk(asking, take=never)
    found = [one["check"] for one in whole["answer"]["findings"]]
    assert {"lint-client-conflict", "lint-unknown-key"} <= set(found)
    assert [one["check"] for one in rest["answer"]["findings"]] == found[1:]
    assert whole["answer"]["findings"][0]["subject"]["path"] == "p.properties"
    assert whole["untrusted"] == STRANGERS


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({}, "arguments: 'content' is a required property"),
        ({"content": "# x"}, "content: has no line like acks=all, so it is no file of settings"),
        ({"content": "{", "name": "/etc/passwd.json"}, "/etc/passwd.json:1:2: "),
        ({"content": "a=b", "path": "/etc/passwd"}, "Additional properties are not allowed"),
        ({"content": "a=b", "cursor": "1"}, "cursor: "),
    ],
)
def test_what_is_no_file_of_a_known_kind_is_one_sentence(arguments, sentence):
    said = talk(lambda client: refused(client, "lint", **arguments))

    assert sentence in said
    assert "\n" not in said
