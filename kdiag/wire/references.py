"""References in values: `${env:NAME}`, `${file:PATH:KEY}` (KIP-421), `${directory:PATH:NAME}`.

Names are those that Kafka's documentation gives to EnvVarConfigProvider, FileConfigProvider and
DirectoryConfigProvider; what refers to another provider stays as it is.
"""

import os
import re
from pathlib import Path
from typing import Final

from kdiag.bounded import read_text
from kdiag.errors import UsageError
from kdiag.wire import properties

_REFERENCE: Final = re.compile(r"\$\{(env|file|directory):(?:([^}]*):)?([^}:]+)\}")


def resolved(value: str, at: str) -> str:
    """Return a value with its references replaced; at (file and key) names it in errors.

    Raises UsageError if the variable, file or key does not exist.
    """

    def one(match: re.Match[str]) -> str:
        provider, path, key = match.groups()
        found, where = _look_up(provider, path or "", key, at)
        if found is None:
            raise UsageError(f"{at} refers to {key}, which is not in {where}")
        return found

    return _REFERENCE.sub(one, value)


def _look_up(provider: str, path: str, key: str, at: str) -> tuple[str | None, str]:
    """Return what a reference stands for, or None; and where that was looked for."""
    if provider == "env":
        return os.environ.get(key), "the environment"
    if provider == "file":
        return properties.load(Path(path)).get(key), path
    try:
        return read_text(Path(path) / Path(key).name), path
    except FileNotFoundError:
        return None, path
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise UsageError(f"{at}: {path}/{key} cannot be read: {why}") from None
