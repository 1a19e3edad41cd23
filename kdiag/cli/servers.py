"""Tables of the config file that say how a server is reached, and the servers made of them.

[connect]                         # likewise [schema_registry], [ksqldb], [prometheus]
url = ["https://worker1:8083", "https://worker2:8083"]
username = "monitor"
password_file = "/etc/kdiag/connect-password"
token_file = "/etc/kdiag/token"   # instead of these; or token_command = "print-token"
ca_file = "/etc/kdiag/ca.pem"
certificate_file = "/etc/kdiag/client.pem"
key_file = "/etc/kdiag/client.key"
"""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kdiag.bounded import read_text
from kdiag.config import nearest, read_table
from kdiag.errors import UsageError

if TYPE_CHECKING:
    from kdiag.sources.http import Server
    from kdiag.wire.secret import Secret
    from kdiag.wire.tokens import Tokens

TLS_KEYS = ("ca_file", "certificate_file", "key_file")
SERVER_KEYS = ("url", "username", "password_file", "token_file", "token_command", *TLS_KEYS)
"""Keys of the table of a server."""

URLS = ("url",)
"""Keys that may have a list, where several servers are one service."""


def table(
    config: Path | None,
    name: str,
    keys: Sequence[str],
    tables: Sequence[str] = (),
    lists: Sequence[str] = (),
) -> Mapping[str, Any]:
    """Return a table of the file, whose keys and kinds of values were looked at.

    Values are texts, those of `lists` may be lists of texts, and `tables` hold texts.
    """
    if config is None:
        return {}
    found = read_table(config, name)
    if not isinstance(found, Mapping):
        raise UsageError(f"{config}: {name} must be a table, [{name}]")
    for key, value in found.items():
        if key not in (*keys, *tables):
            raise UsageError(f"{config}: [{name}] has no {key}{nearest(key, (*keys, *tables))}")
        if not all(isinstance(text, str) for text in _values(key, value, tables, lists)):
            raise UsageError(f"{config}: {name}.{key} must be text{'s' * (key in tables)}")
    return found


def _values(key: str, value: Any, tables: Sequence[str], lists: Sequence[str]) -> Sequence[Any]:
    if key in tables and isinstance(value, Mapping):
        return list(value.values())
    return value if key in lists and isinstance(value, list) else [value]


def servers(name: str, flag: str, given: Sequence[str], config: Path | None) -> "list[Server]":
    """Return the servers that repeated flags name, or else the table of the file.

    name: of the service. flag: without dashes; the table has its name with underscores. Raises
    UsageError for what is no URL, no key of the table, or a file that cannot be read.
    """
    key = flag.replace("-", "_")
    found = table(config, key, SERVER_KEYS, lists=URLS)
    urls = given or urls_in(found)
    where = f"--{flag}" if given else f"{config}: {key}.url"
    return [server(name, url, where, found, f"{config}: {key}") for url in dict.fromkeys(urls)]


def urls_in(found: Mapping[str, Any]) -> list[str]:
    """Return the URLs of a table, of which it may have one or a list."""
    url = found.get("url", [])
    return [url] if isinstance(url, str) else list(url)


def server(name: str, url: str, where: str, found: Mapping[str, Any], at: str) -> "Server":
    """Return a server by its URL, with the credentials of a table.

    where: what gives the URL, at: the table, for sentences. Raises UsageError.
    """
    from kdiag.sources.http import Server

    return Server(
        name,
        plain_url(url, where),
        f"username and password_file, or token_file, in [{at.rpartition(' ')[2]}] of --config",
        username=found.get("username", ""),
        password=password(found),
        tokens=_tokens(found, at),
        **{key: found.get(key, "") for key in TLS_KEYS},
    )


def password(found: Mapping[str, Any]) -> "Secret":
    """Return the password that the file of a table holds, an empty one without a file."""
    from kdiag.wire.secret import Secret

    return Secret(secret(Path(found["password_file"])) if "password_file" in found else "")


def plain_url(url: str, where: str) -> str:
    """Return a URL without anything secret in it. Raises UsageError where it is none."""
    try:
        parts = urlsplit(url)
        is_plain = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        (parts.hostname or "").encode("idna")  # ValueError for what no name of a host can be
    except ValueError:
        is_plain = False
    if not is_plain or not url.isprintable() or set(" @?#").intersection(url):
        shown = url.split("@")[-1].partition("?")[0].partition("#")[0]
        shown = "".join(filter(str.isprintable, shown))
        raise UsageError(f"{where} {shown}: expected http[s]://HOST:PORT")
    return url


def _tokens(found: Mapping[str, Any], at: str) -> "Tokens | None":
    """Return what has bearer tokens, where the table gives a way to them."""
    from kdiag.wire.secret_sources import of_file
    from kdiag.wire.tokens import Tokens, of_token_command, of_token_file

    ways = [key for key in ("token_file", "token_command", "username") if key in found]
    if len(ways) > 1:
        raise UsageError(f"{at}.{ways[0]} and {ways[1]} exclude each other")
    if "token_file" in found:
        file = Path(found["token_file"])
        of_file(f"{at}.token_file", file)  # what is wrong with it is said at once
        return Tokens(of_token_file(f"{at}.token_file", file))
    if "token_command" in found:
        return Tokens(of_token_command(f"{at}.token_command", _words(found, at)))
    return None


def _words(found: Mapping[str, Any], at: str) -> list[str]:
    try:
        words = shlex.split(found["token_command"])
    except ValueError as error:
        raise UsageError(f"{at}.token_command: {error}") from None
    if not words:
        raise UsageError(f"{at}.token_command is empty")
    return words


def secret(file: Path) -> str:
    """Return what a file holds, without the line break at its end. Raises UsageError."""
    try:
        return read_text(file).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise UsageError(f"{file}: cannot be read: {why}") from None
