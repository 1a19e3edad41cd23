"""The versions of one subject of a registry that a new one has to fit, and the level that counts.

The level tells which: the transitive ones ask all versions that were not deleted, others the last.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from kdiag.errors import RequestError
from kdiag.schemas.compare import AnySchema
from kdiag.schemas.compatibility import LEVELS, WORDS, Format, Level, SchemaError
from kdiag.snapshot import Missing
from kdiag.sources.http import Server
from kdiag.sources.rest.allowlist import SUBJECT_LEVEL, VERSION, VERSIONS
from kdiag.sources.rest.client import Answered, Asking, Odd, Rest, part
from kdiag.sources.rest.endpoints import each
from kdiag.sources.rest.schema_pairs import Reading, version_of


@dataclass(frozen=True)
class SubjectVersions:
    """What a new version is held against. versions: what each is called and its schema, by age."""

    level: Level
    versions: tuple[tuple[str, AnySchema], ...]


async def read_versions(
    server: Server, asking: Asking, names: Sequence[str], format_: Format = "AVRO"
) -> SubjectVersions | Missing:
    """Return the versions of the first of these subjects that there is, or why they are not told.

    format_: what they must be of.
    A subject that is not there is not told: nothing shows that it is new, and not misspelt.
    """

    async def read(rest: Rest) -> SubjectVersions:
        for name in names:
            numbers = await _numbers(rest, name)
            if numbers:
                return await _versions(rest, name, numbers, format_)
        raise RequestError(f"{rest.server.shown} has no subject {' or '.join(names)}")

    return (await each([server], asking, read))[server.url]


async def _numbers(rest: Rest, name: str) -> Sequence[int]:
    try:
        told = await rest.ask(VERSIONS, name)
    except Answered as error:
        if not error.is_not_there:
            raise
        return ()
    return sorted(part({"versions": told}, "versions", tuple[int, ...]))


async def _versions(
    rest: Rest, name: str, numbers: Sequence[int], format_: Format
) -> SubjectVersions:
    level = await _level(rest, name)
    wanted = numbers if level.endswith("_TRANSITIVE") else numbers[-1:]
    told = await asyncio.gather(*(rest.ask(VERSION, name, str(number)) for number in wanted))
    reading, made = Reading(rest), []
    for version in map(version_of, told):
        called = f"version {version.number} of {name}"
        if version.type != format_:
            raise RequestError(f"{called} is no {WORDS[format_]} schema")
        try:
            made.append((called, await reading.parsed(version)))
        except SchemaError as error:
            raise RequestError(f"{called} cannot be parsed: {error}") from None
    return SubjectVersions(level, tuple(made))


async def _level(rest: Rest, name: str) -> Level:
    told = await rest.ask(SUBJECT_LEVEL, name, query=(("defaultToGlobal", "true"),))
    if part(told, "compatibilityGroup", str | None) is not None:
        raise RequestError(
            f"subject {name} compares versions by groups in their metadata, which a file lacks"
        )
    level = part(told, "compatibilityLevel", str)
    for known in LEVELS:
        if known == level:
            return known
    raise Odd("compatibilityLevel is none that is known")
