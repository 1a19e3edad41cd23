"""Channels of delivery, out of tables of the config file.

    [audit.email]
    server = "smtp.example.com:587"
    from = "kdiag@example.com"
    to = ["kafka-team@example.com"]
    username = "kdiag"
    password_file = "/run/credentials/smtp"

    [audit.slack]
    url_file = "/run/credentials/slack"
    notify = "new-critical"

Paths are relative to the file.
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from kdiag.audit.deliver import Target, slack, teams
from kdiag.cli.channels.email import email
from kdiag.cli.channels.hooks import chat, hook
from kdiag.cli.channels.stores import pushgateway, store, textfile

Maker = Callable[[str, Mapping[str, Any], Path], Target]
"""Where the table stands, its values, what paths are relative to → the channel.

Raises UsageError for everything in it that is wrong.
"""


def makers(period_seconds: float) -> Mapping[str, Maker]:
    """Return name of the table in [audit] → what makes a channel of it."""
    return {
        "email": email,
        "slack": partial(chat, "slack", slack, slack.Slack),
        "teams": partial(chat, "teams", teams, teams.Teams),
        "webhook": hook,
        "objects": store,
        "pushgateway": partial(pushgateway, period_seconds),
        "textfile": partial(textfile, period_seconds),
    }
