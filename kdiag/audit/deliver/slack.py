"""Slack: one message by an incoming webhook, in blocks.

Limits: 150 characters of a header, 3,000 of a section, 50 blocks a message (Slack, "Reference:
blocks"). & < > are escaped, so that no name mentions a channel or makes a link (Slack, "Formatting
text for app surfaces").
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kdiag.audit.deliver.news import Notify
from kdiag.audit.deliver.post import Endpoint, post
from kdiag.audit.deliver.summary import Cause, Summary, summary
from kdiag.audit.written import Written

_HEADER_CHARACTERS = 150
_SECTION_CHARACTERS = 3000
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


@dataclass(frozen=True)
class Slack:
    """A webhook of Slack. link: URL of the report, "" for its path."""

    endpoint: Endpoint
    notify: Notify = "change"
    link: str = ""


def send(settings: Slack, written: Written) -> None:
    """Post the summary. Raises DeliveryError."""
    body = json.dumps(message(settings, written)).encode()
    post(settings.endpoint, body, lambda: {"Content-Type": "application/json"})


def preview(settings: Slack, written: Written) -> str:
    """Return what would be posted."""
    return json.dumps(message(settings, written), indent=2, ensure_ascii=False)


def message(settings: Slack, written: Written) -> dict[str, Any]:
    """Return the message: `text` for notifications, `blocks` for the channel."""
    said = summary(written, settings.link)
    return {"text": _escaped(said.title), "blocks": list(_blocks(said))}


def _blocks(said: Summary) -> Iterator[dict[str, Any]]:
    title = _cut(said.title, _HEADER_CHARACTERS)
    yield {"type": "header", "text": {"type": "plain_text", "text": title, "emoji": False}}
    head = f"*{said.status.upper()}* {_escaped(said.sentence)}"
    yield _section(f"{head}\n{_escaped(f'{said.found} {said.changed}')}")
    for number, cause in enumerate(said.top, 1):
        yield _section(_cause(number, cause))
    where = _escaped(said.where)
    link = f"<{where}|The whole report>" if said.is_link else f"The whole report: `{where}`"
    yield _section("\n".join((*map(_escaped, said.notes), link)))


def _cause(number: int, cause: Cause) -> str:
    line = f"{number}. *{cause.head}* {_escaped(cause.symptom)}"
    action = _escaped(cause.action.replace("`", "'"))
    return f"{line}\n`{action}`" if action else line


def _section(text: str) -> dict[str, Any]:
    cut = _cut(text, _SECTION_CHARACTERS)
    return {"type": "section", "text": {"type": "mrkdwn", "text": cut, "verbatim": True}}


def _escaped(text: str) -> str:
    return text.translate(_ESCAPED)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
