"""Secrets in clear text in the files of connectors.

Whoever sees the file, its history, or GET /connectors of a worker has them: Connect hands out
configurations as they were given. A placeholder of a ConfigProvider is filled in on the worker.

Reads: connectors; names of keys, user names in URLs.
"""

import re

from kdiag.lint.api import (
    Action,
    ConnectorFiles,
    Finding,
    KeyedFile,
    Said,
    Setting,
    check,
    is_secret,
)

_IN_URL = re.compile(r"://[^/\s:@]+:(?!\$\{)[^/\s@]+@")
_IN_QUERY = re.compile(
    r"[?&;](?:password|secretKey|secret|token|sig)=(?!\$\{|RAW\(\$\{)[^&;]+", re.IGNORECASE
)


@check(area="files")
def lint_connector_secret(connectors: ConnectorFiles) -> Said:
    """Connectors with a password, key or token in clear text."""
    for file in connectors:
        for setting in file.settings:
            if _holds_secret(setting):
                yield _finding(file, setting)


def _holds_secret(setting: Setting) -> bool:
    if _IN_URL.search(setting.value) or _IN_QUERY.search(setting.value):
        return True
    is_url = re.search(r"connection\.(url|uri)", setting.key) is not None
    return (
        is_secret(setting.key)
        and not is_url
        and bool(setting.value.strip())
        and not setting.is_placeholder
    )


def _finding(file: KeyedFile, setting: Setting) -> Finding:
    return Finding(
        "warning",
        file.at(setting.key, setting.place),
        f"{setting.key} holds a secret in clear text.",
        "Who sees this file, its history, or GET /connectors of a worker has it.",
        evidence={"key": setting.key},
        actions=(
            Action(
                "Replace it by a placeholder, as ${file:/path/secrets.properties:KEY} or "
                "${env:NAME}, with config.providers on the workers; and change the secret."
            ),
        ),
    )
