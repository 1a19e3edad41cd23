"""Secrets of the config file: named there by the file, command or variable that has them.

password_file = "/run/credentials/smtp"
password_command = ["pass", "show", "smtp"]
password_env = "SMTP_PASSWORD"
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kdiag.errors import UsageError
from kdiag.wire.secret import Secret

_COMMAND_SECONDS = 30


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
    key = given[0]
    text = _had(where, key, table[key], home).rstrip("\r\n")
    if not text:
        raise UsageError(f"{where}: {key} gives an empty {name}")
    if any(character in text for character in "\r\n\0"):
        raise UsageError(f"{where}: {key} gives more than one line")
    return Secret(text)


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
    if key.endswith("_command"):
        return _of_command(where, key, value)
    if not isinstance(value, str) or not value:
        raise UsageError(f"{where}: {key} must be text")
    return _of_file(home / value) if key.endswith("_file") else _of_variable(where, key, value)


def _of_file(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise UsageError(f"{file}: cannot be read: {why}") from None


def _of_variable(where: str, key: str, name: str) -> str:
    if name not in os.environ:
        raise UsageError(f"{where}: {key}: there is no variable {name}")
    return os.environ[name]


def _of_command(where: str, key: str, words: Any) -> str:
    """Return what a command prints; no shell reads it, and what it says on stderr is not shown."""
    if not isinstance(words, list) or not words or not all(isinstance(w, str) for w in words):
        raise UsageError(f'{where}: {key} must be a list of words, as ["pass", "show", "smtp"]')
    try:
        done = subprocess.run(  # noqa: S603 - the operator's own command
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_COMMAND_SECONDS,
            check=False,
        )
        text = done.stdout.decode()
    except OSError as error:
        raise UsageError(f"{where}: {key}: {words[0]}: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise UsageError(
            f"{where}: {key}: {words[0]} did not end within {_COMMAND_SECONDS} s"
        ) from None
    except UnicodeDecodeError:
        raise UsageError(f"{where}: {key}: {words[0]} prints what is not UTF-8") from None
    if done.returncode:
        raise UsageError(f"{where}: {key}: {words[0]} ended with {done.returncode}")
    return text
