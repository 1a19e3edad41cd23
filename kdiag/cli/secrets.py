"""Secrets of the config file: named there by the file, command or variable that has them.

password_file = "/run/credentials/smtp"
password_command = ["pass", "show", "smtp"]
password_env = "SMTP_PASSWORD"
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kdiag.errors import UsageError
from kdiag.wire.secret import Secret
from kdiag.wire.secret_sources import of_command, of_file, one_line


def secret_keys(name: str) -> tuple[str, str, str]:
    """Return the keys by which a secret of a name is given."""
    return (f"{name}_file", f"{name}_command", f"{name}_env")


def secret(where: str, table: Mapping[str, Any], name: str, home: Path) -> Secret | None:
    """Return a secret that a table gives in one of three ways; None where it gives none.

    where: for sentences, as `kdiag.toml: [audit.email]`. home: what files are relative to. Raises
    UsageError for a secret that is given twice, cannot be had or is empty.
    """
    given = [key for key in secret_keys(name) if key in table]
    if not given:
        return None
    if len(given) > 1:
        raise UsageError(f"{where}: {given[0]} and {given[1]} exclude each other")
    return Secret(_had(where, given[0], table[given[0]], home))


def plain(where: str, name: str) -> UsageError:
    """Return the error for a secret that stands in the file itself."""
    return UsageError(
        f"{where}: {name} must not stand there itself; give {_either(secret_keys(name))}"
    )


def missing(where: str, name: str) -> UsageError:
    """Return the error for a secret that is needed and not given."""
    return UsageError(f"{where} has no {_either(secret_keys(name))}")


def _either(keys: tuple[str, ...]) -> str:
    return f"{', '.join(keys[:-1])} or {keys[-1]}"


def _had(where: str, key: str, value: Any, home: Path) -> str:
    at = f"{where}: {key}"
    if key.endswith("_command"):
        if not isinstance(value, list) or not value or not all(isinstance(w, str) for w in value):
            raise UsageError(f'{at} must be a list of words, as ["pass", "show", "smtp"]')
        return of_command(at, value)
    if not isinstance(value, str) or not value:
        raise UsageError(f"{at} must be text")
    return of_file(at, home / value) if key.endswith("_file") else _of_variable(at, value)


def _of_variable(at: str, name: str) -> str:
    if name not in os.environ:
        raise UsageError(f"{at}: there is no variable {name}")
    return one_line(at, os.environ[name])
