"""A table of the config file, read key by key; keys that it may not have are refused at once."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kdiag.cli.secrets import missing, plain, secret, secret_keys
from kdiag.config import nearest
from kdiag.errors import UsageError
from kdiag.wire.secret import Secret


@dataclass(frozen=True)
class Table:
    """Values of one table. where: file and table, for sentences. home: paths are relative to it.

    keys, secrets: what it may have. Raises UsageError for what it may not.
    """

    where: str
    values: Mapping[str, Any]
    home: Path
    keys: tuple[str, ...]
    secrets: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        named = [key for name in self.secrets for key in secret_keys(name)]
        for key in self.values:
            if key in self.secrets and key not in self.keys:
                raise plain(self.where, key)
            if key not in (*self.keys, *named):
                raise UsageError(f"{self.where} has no {key}{nearest(key, (*self.keys, *named))}")

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text. Raises UsageError where it is none, or there is no default."""
        value = self._value(key, default)
        if not isinstance(value, str) or (not value and default is None):
            raise UsageError(f"{self.where}: {key} must be text")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return one text or a list of them, at least one."""
        value = self._value(key, None)
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not listed:
            raise UsageError(f"{self.where}: {key} must be text, or a list of texts")
        if not all(isinstance(one, str) and one for one in listed):
            raise UsageError(f"{self.where}: {key} must be text, or a list of texts")
        return tuple(listed)

    def choice(self, key: str, allowed: Sequence[str], default: str) -> Any:
        """Return one of some words."""
        value = self._value(key, default)
        if value not in allowed:
            raise UsageError(f"{self.where}: {key} must be one of {', '.join(allowed)}")
        return value

    def number(self, key: str, default: float | None, least: float = 0) -> Any:
        """Return a number above `least`, or the default, which may be None."""
        value = self.values.get(key, default)
        if value is default:
            return default
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value) or value <= least:
            raise UsageError(f"{self.where}: {key} must be a number above {least:g}")
        return value

    def whole(self, key: str, default: int | None) -> Any:
        """Return a whole number from 1 on, or the default, which may be None."""
        value = self.number(key, default)
        if value is not None and not isinstance(value, int):
            raise UsageError(f"{self.where}: {key} must be a whole number")
        return value

    def flag(self, key: str) -> bool:
        """Return true or false, which is the default."""
        value = self._value(key, default=False)
        if not isinstance(value, bool):
            raise UsageError(f"{self.where}: {key} must be true or false")
        return value

    def secret(self, name: str) -> Secret | None:
        """Return a secret; None where the table gives none."""
        return secret(self.where, self.values, name, self.home)

    def needed(self, name: str) -> Secret:
        """Return a secret. Raises UsageError where the table gives none."""
        found = self.secret(name)
        if found is None:
            raise missing(self.where, name)
        return found

    def file(self, key: str) -> str:
        """Return the path of a file, "" where the table has none."""
        path = self.text(key, "")
        return str(self.home / path) if path else ""

    def url(self, schemes: Sequence[str]) -> Secret:
        """Return the URL that it has in `url`, where it may stand, or gives as a secret."""
        if "url" not in self.keys or "url" not in self.values:
            found = self.needed("url")
        elif any(key in self.values for key in secret_keys("url")):
            raise UsageError(f"{self.where}: url and {secret_keys('url')[0]} exclude each other")
        else:
            found = Secret(self.text("url"))
        self.require(found.value, schemes)
        return found

    def require(self, url: str, schemes: Sequence[str], key: str = "url") -> None:
        """Raise UsageError where a text is no URL of a scheme, or has credentials in it.

        The text is not shown, for it may be a secret.
        """
        try:
            parts = urlsplit(url)
            is_url = parts.scheme in schemes and bool(parts.hostname) and url.isprintable()
            _ = parts.port
        except ValueError:
            is_url = False
        if not is_url or " " in url:
            wanted = " or ".join(f"{scheme}://HOST/…" for scheme in schemes)
            raise UsageError(f"{self.where}: {key} must be {wanted}")
        if "@" in parts.netloc:
            raise UsageError(f"{self.where}: {key} must not hold a user or a password")

    def _value(self, key: str, default: Any) -> Any:
        if key not in self.values and default is None:
            raise UsageError(f"{self.where} has no {key}")
        return self.values.get(key, default)
