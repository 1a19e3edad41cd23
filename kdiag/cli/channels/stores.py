"""[audit.objects], [audit.pushgateway], [audit.textfile]: what every report is put into."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from kdiag.audit.deliver import Target, metrics, objects
from kdiag.cli.channels.servers import NOTHING, POST, WEB, endpoint, login, target
from kdiag.cli.secrets import secret_keys
from kdiag.cli.table import Table
from kdiag.errors import UsageError
from kdiag.wire.secret import Secret

_SECRETS = ("account_key", "client_secret", "password", "sas_token", "secret", "token")
"""Options of s3fs, gcsfs, adlfs and fsspec that are secrets."""

_TOKENS = ("anon", "browser", "cache", "cloud", "google_default")
"""What gcsfs takes for a token, and is none."""


def store(where: str, values: Mapping[str, Any], home: Path) -> Target:
    """Return the channel of [audit.objects]; secrets among its options are given by file, too."""
    table = Table(
        where, values, home, ("url", "options", "keep_count", "keep_days", "timeout_seconds")
    )
    url = table.text("url")
    user, _, _ = url.partition("://")[2].partition("/")[0].rpartition("@")
    if ":" in user:
        raise UsageError(f"{where}: url must not hold a password; give it in options")
    objects.require_package(url)
    options, secrets = _options(table)
    made = objects.Objects(
        url=url,
        options=options,
        secrets=secrets,
        keep_count=table.whole("keep_count", None),
        keep_days=table.number("keep_days", None),
        timeout_seconds=table.number("timeout_seconds", 300),
    )
    return target("objects", f"Objects at {url}", made.timeout_seconds, objects, made)


def pushgateway(period: float, where: str, values: Mapping[str, Any], home: Path) -> Target:
    """Return the channel of [audit.pushgateway]."""
    keys = ("url", "username", *POST)
    table = Table(where, values, home, keys, ("url", "password", "token"))
    username, password = login(table)
    token = table.secret("token")
    if username and token:
        raise UsageError(f"{where}: username and a token exclude each other")
    gateway = endpoint(
        table,
        "Pushgateway",
        table.url(WEB),
        username=username,
        password=password,
        token=token or NOTHING,
        is_repeatable=True,
    )
    made = metrics.Pushgateway(gateway, period)
    return Target(
        "pushgateway",
        gateway.shown,
        gateway.timeout_seconds,
        partial(metrics.push, made),
        partial(metrics.preview, made),
    )


def textfile(period: float, where: str, values: Mapping[str, Any], home: Path) -> Target:
    """Return the channel of [audit.textfile]."""
    table = Table(where, values, home, ("path",))
    path = home / table.text("path")
    if path.suffix != ".prom":
        raise UsageError(f"{where}: {path} must end in .prom; node_exporter reads no other file")
    if not path.parent.is_dir():
        raise UsageError(f"{where}: there is no folder {path.parent}")
    made = metrics.Textfile(path, period)
    return Target(
        "textfile", str(path), 30, partial(metrics.write, made), partial(metrics.preview, made)
    )


def _options(table: Table) -> tuple[dict[str, Any], dict[str, Secret]]:
    """Return the options of a store as they stand there, and those that are secrets."""
    values = table.values.get("options", {})
    if not isinstance(values, Mapping):
        raise UsageError(f"{table.where}: options must be a table, [audit.objects.options]")
    given = {key for name in _SECRETS for key in secret_keys(name)}
    plain = {key: value for key, value in values.items() if key not in given}
    keys = [key for key in plain if key not in _SECRETS or _is_no_secret(key, plain[key])]
    inner = Table(f"{table.where}: options", values, table.home, tuple(keys), _SECRETS)
    secrets = {name: found for name in _SECRETS if (found := inner.secret(name)) is not None}
    return plain, secrets


def _is_no_secret(key: str, value: Any) -> bool:
    """Tell whether a value is only called a token: a word, or the path of a file."""
    return key == "token" and (value in _TOKENS or str(value).startswith("/"))
