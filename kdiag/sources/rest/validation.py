"""What a worker of Connect says of a connector before there is one: the one PUT of kdiag.

The worker stores nothing, but it loads the plug-in, resolves `${file:…}` and its like, and lets the
plug-in dial what it reads from or writes to. Nobody sends it but `kdiag lint --validate`, by a
table that has this request alone (`VALIDATION`).

Source: ConnectorPluginsResource.validateConfigs, ConfigInfos (Kafka Connect's REST).
"""

from collections.abc import Mapping
from typing import Any

from kdiag.errors import RequestError
from kdiag.sources.http import Server
from kdiag.sources.rest.allowlist import VALIDATE, VALIDATION
from kdiag.sources.rest.client import Answered, Asking, Rest, first_line, part

_NO_PLUGIN = "Failed to find any class"


class PluginAbsent(RequestError):
    """The worker has no plug-in of this class, so it can tell nothing of the other keys."""


async def validated(
    server: Server, settings: Mapping[str, str], seconds: float
) -> dict[str, tuple[str, ...]]:
    """Return key → what the worker finds wrong with it, first lines, without credentials.

    settings: of one connector, with connector.class and name.

    Raises: PluginAbsent for a class that the worker does not have; Denied, TimedOut, Unreachable;
    RequestError for another answer than is documented.
    """
    async with Rest(server, Asking(seconds, seconds), VALIDATION) as rest:
        try:
            told = await rest.ask(VALIDATE, settings["connector.class"], body=settings)
        except Answered as error:
            if _NO_PLUGIN in str(error):
                raise PluginAbsent(settings["connector.class"]) from None
            raise
    return dict(filter(None, map(_errors, part(told, "configs", tuple[Any, ...]))))


def _errors(config: Any) -> tuple[str, tuple[str, ...]] | None:
    """Return a key with its errors; None where it has none. Values are not looked at."""
    value = config.get("value") if isinstance(config, dict) else None
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        return None
    errors = value.get("errors")
    texts = [each for each in errors if isinstance(each, str)] if isinstance(errors, list) else []
    return (value["name"], tuple(map(first_line, texts))) if texts else None
