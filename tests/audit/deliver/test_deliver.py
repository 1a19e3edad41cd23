"""All channels at once: what fails is said, holds nothing up, and shows no secret."""

import logging
import threading

import pytest

from kdiag.audit.deliver import Target, deliver, preview
from kdiag.cli.ending import ended
from kdiag.errors import DeliveryError
from kdiag.lab.plan import free_ports
from tests.audit.deliver.reports import SECRET, written

NOTHING = {"new": 0, "gone": 0, "worse": 0, "better": 0, "unchanged": 9}


def target(channel, send, seconds=20, notify="always"):
    return Target(channel, f"{channel} at h", seconds, send, lambda _: channel, notify)


def test_a_channel_that_hangs_is_left_behind_and_the_others_have_the_report(tmp_path, monkeypatch):
    monkeypatch.setattr("kdiag.audit.deliver._GRACE_SECONDS", 0)
    ended_, sent = threading.Event(), []
    targets = [
        target("first", lambda _: ended_.wait(60), seconds=0.2),
        target("second", lambda report: sent.append(report)),
    ]
    report = written(tmp_path)

    failed = deliver(targets, report)
    ended_.set()

    assert failed == ["first at h did not end within 0.2 s"]
    assert sent == [report]


def test_all_failures_are_said_in_the_order_of_the_channels(tmp_path):
    def refuse(_):
        raise DeliveryError("first at h answers HTTP 404")

    def crash(_):
        raise RuntimeError(f"token {SECRET}")

    failed = deliver([target("first", refuse), target("second", crash)], written(tmp_path))

    assert failed == ["first at h answers HTTP 404", "second at h crashed (RuntimeError)"]


def test_who_wants_only_news_gets_nothing_where_there_is_none(tmp_path):
    sent = []
    targets = [
        target(notify, lambda _, notify=notify: sent.append(notify), notify=notify)
        for notify in ("always", "change", "new-critical")
    ]
    report = written(tmp_path, NOTHING, findings=[])

    assert deliver(targets, report) == []
    assert sent == ["always"]
    assert list(preview(targets, report)) == [
        "always at h would get:\nalways\n",
        "change at h would get nothing: there is no news (change).\n",
        "new-critical at h would get nothing: there is no news (new-critical).\n",
    ]


def test_a_failed_delivery_ends_with_5(capsys):
    def run():
        raise DeliveryError("Slack at https://h answers HTTP 404")

    assert ended(run) == 5
    assert capsys.readouterr().err == "kdiag: Slack at https://h answers HTTP 404\n"


@pytest.mark.parametrize("answer", [(200, {}, b""), (403, {}, SECRET.encode()), (None, {}, b"")])
def test_no_secret_is_in_a_log_a_sentence_a_preview_or_a_value(
    channels, http, tmp_path, caplog, answer
):
    (tmp_path / "url").write_text(f"https://127.0.0.1:{http.url.rpartition(':')[2]}/{SECRET}")
    (tmp_path / "options").mkdir()
    port = free_ports(1)[0]
    text = (
        f'[audit.email]\nserver = "127.0.0.1:{port}"\nfrom = "a@example.com"\n'
        'to = "b@example.com"\nusername = "u"\npassword_file = "secret"\ntimeout_seconds = 0.5\n'
        '[audit.slack]\nurl_file = "url"\nnotify = "always"\ntimeout_seconds = 0.5\n'
        '[audit.teams]\nurl_file = "url"\nnotify = "always"\ntimeout_seconds = 0.5\n'
        f'[audit.webhook]\nurl = "{http.url}"\nsecret_file = "secret"\ntoken_file = "secret"\n'
        "timeout_seconds = 2\n"
        f'[audit.objects]\nurl = "ftp://127.0.0.1:{port}/x"\ntimeout_seconds = 2\n'
        '[audit.objects.options]\nusername = "u"\npassword_file = "secret"\n'
        f'[audit.pushgateway]\nurl = "{http.url}"\nusername = "u"\npassword_file = "secret"\n'
        "timeout_seconds = 2\n"
    )
    http.answers = [answer] * 20
    caplog.set_level(logging.DEBUG)
    made = channels(text)
    report = written(tmp_path)

    said = [*deliver(made, report), *preview(made, report), repr(made), caplog.text]

    assert len(made) == 6
    assert len(said) >= 4 + 6 + 2  # neither mail nor Slack, Teams or the store can be reached
    assert SECRET not in "\n".join(said)
    assert any(SECRET in request.headers.get("authorization", "") for request in http.requests)
