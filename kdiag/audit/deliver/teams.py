"""Teams: one Adaptive Card by the webhook of a workflow.

Limits: 28 KB a message (Microsoft, "Limits and specifications for Teams"). Names go into text runs,
which have no markup, so that none of them is read as a link or a mention (Adaptive Cards,
"RichTextBlock").
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kdiag.audit.deliver.news import Notify
from kdiag.audit.deliver.post import Endpoint, post
from kdiag.audit.deliver.summary import Cause, Summary, summary
from kdiag.audit.written import Written

LARGEST_BYTES = 28 * 1000
_COLOURS = {"critical": "Attention", "warning": "Warning", "info": "Default"}
_OF_VERDICT = {"critical": "Attention", "degraded": "Warning", "healthy": "Good"}


@dataclass(frozen=True)
class Teams:
    """A webhook of a Teams workflow. link: URL of the report, "" for its path."""

    endpoint: Endpoint
    notify: Notify = "change"
    link: str = ""


def send(settings: Teams, written: Written) -> None:
    """Post the summary. Raises DeliveryError."""
    body = encoded(settings, written)
    post(settings.endpoint, body, lambda: {"Content-Type": "application/json"})


def preview(settings: Teams, written: Written) -> str:
    """Return what would be posted."""
    return json.dumps(json.loads(encoded(settings, written)), indent=2, ensure_ascii=False)


def encoded(settings: Teams, written: Written) -> bytes:
    """Return the message as it is sent, with as many causes as the limit has room for."""
    said = summary(written, settings.link)
    while True:
        body = json.dumps(_message(said), ensure_ascii=False).encode()
        if len(body) <= LARGEST_BYTES or not said.top:
            return body
        said = replace(said, top=said.top[:-1], more="More in the report.")


def _message(said: Summary) -> dict[str, Any]:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "body": list(_body(said)),
    }
    if said.is_link:
        card["actions"] = [
            {"type": "Action.OpenUrl", "title": "The whole report", "url": said.where}
        ]
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "content": card}]}


def _body(said: Summary) -> Iterator[Mapping[str, Any]]:
    yield _block(_run(said.title, size="Large", weight="Bolder"))
    colour = _OF_VERDICT.get(said.status, "Default")
    yield _block(
        _run(f"{said.status.upper()} ", weight="Bolder", color=colour), _run(said.sentence)
    )
    yield _block(_run(f"{said.found} {said.changed}"))
    for number, cause in enumerate(said.top, 1):
        yield from _cause(number, cause)
    for note in (*said.notes, *([] if said.is_link else [f"The whole report: {said.where}"])):
        yield _block(_run(note, isSubtle=True))


def _cause(number: int, cause: Cause) -> Iterator[Mapping[str, Any]]:
    head = _run(f"{number}. {cause.head} ", weight="Bolder", color=_COLOURS[cause.severity])
    yield _block(head, _run(cause.symptom))
    if cause.action:
        yield _block(_run(cause.action, fontType="Monospace"))


def _block(*runs: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": "RichTextBlock", "inlines": list(runs)}


def _run(text: str, **style: Any) -> Mapping[str, Any]:
    return {"type": "TextRun", "text": text, **style}
