"""What tables of several channels have alike: how a server is reached, and where the report is."""

from functools import partial
from typing import Any

from kdiag.audit.deliver import Target
from kdiag.audit.deliver.post import Endpoint
from kdiag.cli.table import Table
from kdiag.errors import UsageError
from kdiag.sources import http
from kdiag.wire.secret import Secret

POST = ("ca_file", "timeout_seconds")
TOLD = ("notify", "link")
WEB = ("http", "https")
NOTHING = Secret("")


def target(channel: str, shown: str, seconds: float, module: Any, made: Any) -> Target:
    """Return a channel whose module has `send` and `preview` for its settings."""
    return Target(
        channel,
        shown,
        seconds,
        partial(module.send, made),
        partial(module.preview, made),
        getattr(made, "notify", "always"),
    )


def endpoint(table: Table, name: str, url: Secret, **more: Any) -> Endpoint:
    """Return where something is sent by HTTP."""
    return Endpoint(name, url, ca_file=authorities(table), timeout_seconds=limit(table), **more)


def limit(table: Table) -> float:
    """Return the limit for everything that a channel does, in seconds."""
    return float(table.number("timeout_seconds", 60))


def authorities(table: Table) -> str:
    """Return the file of authorities, which was looked at."""
    file = table.file("ca_file")
    if file:
        http.authorities(file)
    return file


def login(table: Table) -> tuple[str, Secret]:
    """Return user and password, both empty where the table has none."""
    username, password = table.text("username", ""), table.secret("password")
    if bool(username) != (password is not None):
        raise UsageError(f"{table.where}: username and its password go together")
    return username, password or NOTHING


def link(table: Table) -> str:
    """Return the URL of the report, {file} in place of its name; "" where the table has none."""
    link = table.text("link", "")
    if link:
        table.require(link, WEB, "link")
    return link
