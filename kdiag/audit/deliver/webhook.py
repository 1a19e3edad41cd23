"""A webhook: the summary as a CloudEvent, signed.

The event is CloudEvents 1.0 in structured mode. It is signed as Standard Webhooks have it: the
header `webhook-signature` is `v1,` and base64 of the HMAC-SHA256 over webhook-id, webhook-timestamp
and body with dots between them. The receiver refuses an old timestamp, and takes an id that it has
had for done; `Idempotency-Key` has the same id.
"""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from kdiag.audit.deliver.news import Notify
from kdiag.audit.deliver.post import Endpoint, post
from kdiag.audit.deliver.summary import counts, standing, summary
from kdiag.audit.written import Written
from kdiag.wire.secret import Secret

TYPE = "kdiag.audit.report.v1"
LEAST_SECRET_BYTES = 16
"""Of the key; Standard Webhooks advise 24 to 64."""

_PREFIX = "whsec_"


@dataclass(frozen=True)
class Webhook:
    """Where the event is sent. has_report: with the whole report, not only its summary."""

    endpoint: Endpoint
    secret: Secret
    notify: Notify = "always"
    link: str = ""
    has_report: bool = False


def send(settings: Webhook, written: Written) -> None:
    """Post the event. Raises DeliveryError."""
    body = json.dumps(event(settings, written)).encode()
    id_ = event_id(written)
    post(settings.endpoint, body, lambda: headers(settings.secret, id_, int(time.time()), body))


def preview(settings: Webhook, written: Written) -> str:
    """Return what would be posted, without its signature."""
    return json.dumps(event(settings, written), indent=2, ensure_ascii=False)


def event_id(written: Written) -> str:
    """Return the id of the event: the same whenever this report is sent."""
    return "kdiag-" + hashlib.sha256(written.id.encode()).hexdigest()[:32]


def headers(secret: Secret, id_: str, at: int, body: bytes) -> Mapping[str, str]:
    """Return the headers of one attempt. at: seconds since the epoch."""
    signed = hmac.new(key(secret), f"{id_}.{at}.".encode() + body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/cloudevents+json; charset=utf-8",
        "Idempotency-Key": f'"{id_}"',
        "webhook-id": id_,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }


def key(secret: Secret) -> bytes:
    """Return the key: base64 behind `whsec_`, or else the bytes of the text.

    Raises ValueError where it is no base64, or shorter than 16 bytes.
    """
    text = secret.value
    try:
        is_coded = text.startswith(_PREFIX)
        made = (
            base64.b64decode(text.removeprefix(_PREFIX), validate=True)
            if is_coded
            else text.encode()
        )
    except binascii.Error:
        raise ValueError("is not base64 behind whsec_") from None
    if len(made) < LEAST_SECRET_BYTES:
        raise ValueError(f"has {len(made)} bytes; {LEAST_SECRET_BYTES} or more are needed")
    return made


def event(settings: Webhook, written: Written) -> dict[str, Any]:
    """Return the event, a CloudEvent whose data is the summary."""
    document = written.document
    said = summary(written, settings.link)
    data: dict[str, Any] = {
        "cluster": {name: document["cluster"].get(name) for name in ("id", "name")},
        "started_at": document["started_at"],
        "verdict": document["verdict"],
        "coverage": document["coverage"],
        "counts": counts(standing(document)),
        "changes": dict(written.changes),
        "top": [asdict(cause) for cause in said.top],
        "report": {"where": said.where, "name": written.name("html")},
    }
    if settings.has_report:
        data["document"] = document
    return {
        "specversion": "1.0",
        "id": event_id(written),
        "source": f"/kdiag/clusters/{document['cluster'].get('id') or 'unknown'}",
        "type": TYPE,
        "subject": written.cluster,
        "time": document["started_at"],
        "datacontenttype": "application/json",
        "data": data,
    }
