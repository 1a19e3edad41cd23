"""[audit.slack], [audit.teams], [audit.webhook]: URLs that something is posted to."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kdiag.audit.deliver import Target, webhook
from kdiag.audit.deliver.news import NOTIFY
from kdiag.cli.channels.servers import NOTHING, POST, TOLD, WEB, endpoint, link, target
from kdiag.cli.table import Table
from kdiag.errors import UsageError


def chat(
    kind: str,
    module: Any,
    settings: Callable[..., Any],
    where: str,
    values: Mapping[str, Any],
    home: Path,
) -> Target:
    """Return the channel of [audit.slack] or [audit.teams]: a URL that is a secret."""
    table = Table(where, values, home, (*POST, *TOLD), ("url",))
    where_to = endpoint(table, kind.capitalize(), table.url(("https",)))
    notify = table.choice("notify", NOTIFY, "change")
    made = settings(where_to, notify=notify, link=link(table))
    return target(kind, where_to.shown, where_to.timeout_seconds, module, made)


def hook(where: str, values: Mapping[str, Any], home: Path) -> Target:
    """Return the channel of [audit.webhook]."""
    keys = ("url", "report", *POST, *TOLD)
    table = Table(where, values, home, keys, ("url", "secret", "token"))
    secret = table.needed("secret")
    try:
        webhook.key(secret)
    except ValueError as error:
        raise UsageError(f"{where}: the secret {error}") from None
    made = webhook.Webhook(
        endpoint=endpoint(
            table,
            "Webhook",
            table.url(WEB),
            token=table.secret("token") or NOTHING,
            is_repeatable=True,
        ),
        secret=secret,
        notify=table.choice("notify", NOTIFY, "always"),
        link=link(table),
        has_report=table.flag("report"),
    )
    return target("webhook", made.endpoint.shown, made.endpoint.timeout_seconds, webhook, made)
