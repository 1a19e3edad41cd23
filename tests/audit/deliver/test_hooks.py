"""Slack, Teams and the webhook, on a real HTTPS server."""

import base64
import hashlib
import hmac
import json
import time
from email.utils import formatdate

import pytest

from kdiag.audit.deliver import deliver, preview
from tests.audit.deliver.reports import SECRET, finding, written

PATH = "/services/T00000000/B00000000/sEcReTpAtH"
AGAIN = {"Retry-After": "0"}


@pytest.fixture
def hook(channels, https, authority, tmp_path):
    """Return what sends a report by one channel to the server, and returns what failed."""

    def send(kind, report, *, timeout=20, more=""):
        (tmp_path / "url").write_text(https.url + PATH)
        made = channels(
            f'[audit.{kind}]\nurl_file = "url"\nca_file = "{authority[0]}"\n'
            f'timeout_seconds = {timeout}\nnotify = "always"\n{more}'
        )
        return deliver(made, report)

    return send


SIGNED = 'secret_file = "secret"\n'
KINDS = [("slack", ""), ("teams", ""), ("webhook", SIGNED)]


def body(https):
    return json.loads(https.requests[-1].body)


def texts(value):
    """Return all texts in a document."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return [value] if isinstance(value, str) else []


def test_slack_gets_blocks_within_its_limits(hook, https, tmp_path):
    causes = [finding(symptom=f"{number} " + "s" * 400) for number in range(99)]
    report = written(tmp_path, findings=causes)
    report.document["cluster"]["name"] = "c" * 200

    assert hook("slack", report) == []

    assert https.requests[0].path == PATH
    assert https.requests[0].headers["content-type"] == "application/json"
    blocks = body(https)["blocks"]
    assert [block["type"] for block in blocks] == ["header"] + ["section"] * 7
    assert len(blocks[0]["text"]["text"]) <= 150
    assert all(len(block["text"]["text"]) <= 3000 for block in blocks)
    assert body(https)["text"].startswith("[kdiag] ccc")


def test_names_are_no_markup_in_slack(hook, https, tmp_path):
    action = [{"text": "", "command": "echo `id` > /tmp/x", "effect": "reads"}]
    causes = [finding(symptom="Topic <!channel> & <http://evil|x> is gone.", actions=action)]

    assert hook("slack", written(tmp_path, findings=causes)) == []

    [section] = [text for text in texts(body(https)["blocks"]) if "Topic" in text]
    assert section == (
        "1. *CRITICAL* Topic &lt;!channel&gt; &amp; &lt;http://evil|x&gt; is gone.\n"
        "`echo 'id' &gt; /tmp/x`"
    )


def test_slack_links_to_the_report(hook, https, tmp_path):
    hook("slack", written(tmp_path), more='link = "https://reports.example/a/{file}?x=1&y=2"\n')

    shown = "\n".join(texts(body(https)))
    name = "kdiag-fraud-prod-20260301T120000Z.html"
    assert f"<https://reports.example/a/{name}?x=1&amp;y=2|The whole report>" in shown


def test_teams_gets_a_card_without_markup(hook, https, tmp_path):
    causes = [finding(symptom="Topic [a](http://evil) **b** <at>all</at>.")]
    report = written(tmp_path, findings=causes)

    assert hook("teams", report, more='link = "https://reports.example/{file}"\n') == []

    [attachment] = body(https)["attachments"]
    card = attachment["content"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert {run["type"] for block in card["body"] for run in block["inlines"]} == {"TextRun"}
    assert "Topic [a](http://evil) **b** <at>all</at>." in texts(card)
    assert card["actions"][0]["url"].startswith("https://reports.example/kdiag-fraud-prod-")


def test_a_card_is_cut_to_what_teams_takes(hook, https, tmp_path):
    wide = "\U0001f525" * 300
    causes = [finding(symptom=wide, actions=[{"text": wide, "command": None}]) for _ in range(9)]
    report = written(tmp_path, findings=causes)

    assert hook("teams", report, more=f'link = "https://r.example/{"x" * 18000}"\n') == []

    assert 20_000 < len(https.requests[0].body) <= 28_000
    assert "More in the report." in texts(body(https))
    assert 0 < texts(body(https)).count(wide) < 10


def verified(request, key):
    """Return whether a receiver accepts a request: signed with the key, and just now."""
    at = request.headers["webhook-timestamp"]
    words = f"{request.headers['webhook-id']}.{at}.".encode() + request.body
    right = base64.b64encode(hmac.new(key, words, hashlib.sha256).digest()).decode()
    return (
        request.headers["webhook-signature"] == f"v1,{right}" and abs(time.time() - int(at)) < 300
    )


def test_the_webhook_is_a_signed_event(hook, https, tmp_path):
    report = written(tmp_path)

    assert hook("webhook", report, more=SIGNED) == []

    [request] = https.requests
    assert verified(request, SECRET.encode())
    assert not verified(request, b"another key of some length")
    assert request.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert request.headers["idempotency-key"] == f'"{request.headers["webhook-id"]}"'
    event = body(https)
    assert {name: event[name] for name in ("specversion", "type", "source", "subject", "time")} == {
        "specversion": "1.0",
        "type": "kdiag.audit.report.v1",
        "source": "/kdiag/clusters/xk5K0V3TQbW5",
        "subject": "fraud-prod",
        "time": "2026-03-01T12:00:00Z",
    }
    assert event["id"] == request.headers["webhook-id"]
    assert event["data"]["counts"] == {"critical": 1, "warning": 1, "info": 1}
    assert event["data"]["changes"]["new"] == 2
    assert event["data"]["top"][0]["check"] == "broker-down"
    assert "document" not in event["data"]


def test_the_webhook_can_have_the_whole_report(hook, https, tmp_path):
    report = written(tmp_path)

    assert hook("webhook", report, more=SIGNED + "report = true\n") == []

    assert body(https)["data"]["document"] == report.document


def test_a_key_behind_whsec_is_decoded(hook, https, tmp_path):
    key = bytes(range(32))
    (tmp_path / "key").write_text("whsec_" + base64.b64encode(key).decode())

    assert hook("webhook", written(tmp_path), more='secret_file = "key"\n') == []

    assert verified(https.requests[0], key)


@pytest.mark.parametrize(("kind", "more"), KINDS)
@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(hook, https, tmp_path, kind, more, status):
    https.answers = [(status, AGAIN, b""), (status, AGAIN, b"")]

    assert hook(kind, written(tmp_path), more=more) == []

    assert len(https.requests) == 3
    assert len({request.body for request in https.requests}) == 1
    assert len({request.headers.get("webhook-id") for request in https.requests}) == 1


def test_pauses_without_a_word_from_the_server_end_in_an_attempt(hook, https, tmp_path):
    https.answers = [(503, {}, b""), (503, {"Retry-After": "soon"}, b"")]

    assert hook("slack", written(tmp_path)) == []

    assert len(https.requests) == 3


def test_a_date_to_come_back_at_is_kept(hook, https, tmp_path):
    https.answers = [(429, {"Retry-After": formatdate(time.time() - 60, usegmt=True)}, b"")]

    assert hook("slack", written(tmp_path)) == []

    assert len(https.requests) == 2


def test_a_wait_that_is_longer_than_the_limit_is_not_waited_for(hook, https, tmp_path):
    https.answers = [(429, {"Retry-After": "3600"}, b"")]

    [sentence] = hook("slack", written(tmp_path))

    assert sentence == f"Slack at {https.url} answers HTTP 429, at attempt 1"


@pytest.mark.parametrize(("kind", "more"), KINDS)
@pytest.mark.parametrize(
    ("status", "headers", "said", "shown"),
    [
        (400, {}, b"invalid_payload", " (invalid_payload)"),
        (403, {}, b"<html>no</html>", ""),
        (404, {}, b"no_service", " (no_service)"),
        (410, {}, b"", ""),
        (400, {}, b"sEcReTpAtH is wrong", ""),
        (302, {"Location": "https://elsewhere.example/"}, b"", ""),
    ],
)
def test_a_refusal_is_one_sentence_and_not_tried_again(
    hook, https, tmp_path, kind, more, status, headers, said, shown
):
    https.answers = [(status, headers, said)]

    [sentence] = hook(kind, written(tmp_path), more=more)

    assert sentence == f"{kind.capitalize()} at {https.url} answers HTTP {status}{shown}"
    assert len(https.requests) == 1


def test_what_may_have_arrived_is_sent_again_only_where_that_does_no_harm(
    channels, https, authority, tmp_path
):
    """The server closes the connection without an answer."""
    https.answers = [(None, {}, b"")]
    (tmp_path / "url").write_text(https.url + PATH)
    report = written(tmp_path)
    common = f'url_file = "url"\nca_file = "{authority[0]}"\nnotify = "always"\n'

    [sentence] = deliver(channels(f"[audit.slack]\n{common}"), report)
    once = len(https.requests)
    https.answers = [(None, {}, b"")]
    failed = deliver(channels(f"[audit.webhook]\n{common}{SIGNED}"), report)

    assert "Slack at" in sentence
    assert "broke off" in sentence
    assert (once, failed, len(https.requests)) == (1, [], 3)


def test_a_certificate_of_nobody_we_trust_is_one_sentence(channels, https, tmp_path):
    (tmp_path / "url").write_text(https.url + PATH)
    made = channels('[audit.slack]\nurl_file = "url"\ntimeout_seconds = 0.5\n')

    [sentence] = deliver(made, written(tmp_path))

    assert sentence.startswith(f"Slack at {https.url} cannot be reached: ")
    assert "certificate verify failed: " in sentence
    assert https.requests == []


def test_a_preview_shows_what_would_be_sent_and_sends_nothing(channels, tmp_path):
    (tmp_path / "url").write_text("https://hooks.example" + PATH)
    tables = "".join(
        f'[audit.{kind}]\nurl_file = "url"\nnotify = "always"\n{more}' for kind, more in KINDS
    )

    shown = "\n".join(preview(channels(tables), written(tmp_path)))

    assert shown.count("https://hooks.example would get:") == 3
    assert shown.count("Broker 3 is down") >= 3
    assert "sEcReT" not in shown
    assert SECRET not in shown
