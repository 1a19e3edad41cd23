"""`--schema-registry` of lint: schemas of files are held against the versions of a registry."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kdiag.cli.limit import Limit
from kdiag.cli.progress import Progress
from kdiag.cli.servers import servers
from kdiag.errors import UsageError
from kdiag.snapshot import Missing

if TYPE_CHECKING:
    from kdiag.lint.schemas import Versions
    from kdiag.schemas.compare import AnySchema
    from kdiag.schemas.compatibility import Level

_SECONDS = 10.0  # for each request

OfRegistry = Callable[[str, "AnySchema"], "tuple[Versions, Level] | Missing"]


def of_registry(
    urls: Sequence[str], subject: str | None, config: Path | None, limit: Limit
) -> OfRegistry | None:
    """Return what asks the registry for the versions before a schema; None where none is named.

    Raises UsageError for several URLs, or what is no URL, and for a subject without a registry.
    """
    if not urls:
        if subject is not None:
            raise UsageError("--subject is one of a registry, so it needs --schema-registry URL")
        return None
    found = servers("Schema Registry", "schema-registry", urls, config)
    if len(found) != 1:
        raise UsageError(f"--schema-registry: lint asks one, and {len(found)} are given")
    registry, taken = found[0], set[str]()

    def versions(path: str, schema: "AnySchema") -> "tuple[Versions, Level] | Missing":
        from kdiag.schemas.compare import format_of
        from kdiag.sources.rest.client import Asking
        from kdiag.sources.rest.subject_versions import read_versions

        taken.add(path)
        if subject is not None and len(taken) > 1:
            raise UsageError(
                f"--subject is of one schema, and there are {', '.join(sorted(taken))}"
            )
        left = limit.left
        if not left:
            return Missing(f"{registry.shown} was not asked within {limit.seconds:g} s (--timeout)")
        names = _subjects(path, schema) if subject is None else [subject]
        asking = Asking(_SECONDS, left)
        with Progress(f"Asking {registry.shown}"):
            told = asyncio.run(read_versions(registry, asking, names, format_of(schema)))
        return told if isinstance(told, Missing) else (told.versions, told.level)

    return versions


def _subjects(path: str, schema: "AnySchema") -> list[str]:
    """Return what the subject may be called: as the file, or as the record."""
    from kdiag.schemas.avro_schema import Schema

    own = schema.name if isinstance(schema, Schema) else schema.title
    names = [Path(path).stem if path != "-" else "", own or ""]
    return [name for name in dict.fromkeys(names) if name]
