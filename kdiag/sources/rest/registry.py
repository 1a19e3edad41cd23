"""Schema Registry: levels, subjects and last versions of each that is given, all at once.

Source: Confluent's API (core, rest/resources: /config, /mode, /subjects), which Apicurio answers
under /apis/ccompat/v7. What differs there, as Apicurio 3.3.3 answered: GET /config/SUBJECT without
a level of its own is 404 (40408) with Confluent and 200 with Apicurio; with defaultToGlobal=true
both answer with the level that counts, so that is what is asked, once a subject and a few at a
time. GET /subjects ends after 1,000 names unless more are asked for.

Which node of a registry is its primary is not told by any read: a write would show it (50004).
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from kdiag.errors import Denied, RequestError
from kdiag.pipeline_sections import (
    REGISTRY_SECTIONS,
    SchemaPairs,
    SchemaRegistries,
    SchemaSubjects,
    SubjectLevels,
)
from kdiag.snapshot import Missing, Section
from kdiag.sources.http import Server
from kdiag.sources.rest.allowlist import LEVEL, MODE, SUBJECT_LEVEL, SUBJECTS
from kdiag.sources.rest.client import Answered, Asking, Rest, part
from kdiag.sources.rest.each_name import Found, of_each
from kdiag.sources.rest.endpoints import each
from kdiag.sources.rest.schema_pairs import Pair, Pairs, read_pairs
from kdiag.sources.rest.unjudged import unjudged
from kdiag.sources.tables import tables_ready

NAME = "Schema Registry"

_CONTEXT = ":."
_NO_SUCH_CALL = (404, 405)
_PAGE = 100_000  # Apicurio takes it, Confluent's has a limit of its own
_OVERLAP = 100
_MOST_PAGES = 200
_READ_RATIO = 0.9  # of the time for an endpoint, so that what was told until then is kept


@dataclass(frozen=True)
class Told:
    """What one registry tells of itself; subjects: their names."""

    compatibility: str
    mode: str | None
    subjects: Sequence[str]


class Level(NamedTuple):
    """What counts for a subject.

    group: property of the metadata of versions; those in which it differs are not held against each
    other (compatibilityGroup of Confluent's data contracts).
    """

    compatibility: str
    group: str | None


@dataclass(frozen=True)
class Versions:
    """What is told subject by subject: levels, and pairs of versions; nothing where not wanted."""

    levels: Found[Level]
    pairs: Pairs


async def read_registries(
    servers: Sequence[Server],
    asking: Asking,
    wanted: Collection[type[Section]] = REGISTRY_SECTIONS,
) -> dict[type[Section], Section]:
    """Ask all registries; return the wanted ones of the sections `REGISTRY_SECTIONS`.

    What is told subject by subject is asked after the rest and has a deadline of its own: one that
    is too slow for all its subjects is not one that is down.
    """
    told = await each(servers, asking, _about)
    alive = {url: one for url, one in told.items() if isinstance(one, Told)}

    async def read(rest: Rest) -> Versions:
        about, seconds = alive[rest.server.url], _READ_RATIO * asking.all_seconds
        subjects = about.subjects
        levels, pairs = await asyncio.gather(
            _levels(rest, about, subjects if SubjectLevels in wanted else (), seconds),
            read_pairs(rest, subjects if SchemaPairs in wanted else (), seconds),
        )
        return Versions(levels, pairs)

    by_subject = {SubjectLevels, SchemaPairs}.intersection(wanted)
    asked = [one for one in servers if one.url in alive and by_subject]
    versions = await each(asked, asking, read)
    await tables_ready()
    made = _sections(told, versions)
    return {section: made[section] for section in REGISTRY_SECTIONS if section in wanted}


async def _about(rest: Rest) -> Told:
    level, mode, subjects = await asyncio.gather(rest.ask(LEVEL), _mode(rest), _subjects(rest))
    return Told(
        compatibility=part(level, "compatibilityLevel", str),
        mode=mode,
        subjects=subjects,
    )


async def _mode(rest: Rest) -> str | None:
    """Return the mode of all subjects; None where the registry has none, or does not tell us."""
    try:
        told: str = part(await rest.ask(MODE), "mode", str)
    except Denied:
        return None
    except Answered as error:
        if error.status in _NO_SUCH_CALL:
            return None
        raise
    return told


async def _subjects(rest: Rest) -> Sequence[str]:
    """Return the names of all subjects: in one page, or in more where the registry makes them so.

    Until a page brings nothing new, as one that knows no pages answers with all names each time.
    Pages overlap, so that a name does not slip through where others before it were deleted.
    """
    found: dict[str, None] = {}
    at = 0
    for _ in range(_MOST_PAGES):
        query = (("offset", str(at)), ("limit", str(_PAGE)))
        told = await rest.ask(SUBJECTS, query=query)
        page = part({"subjects": told}, "subjects", tuple[str, ...])
        if at and page and page[0] not in found:
            break
        before = len(found)
        found.update(dict.fromkeys(page))
        if len(found) == before:
            return tuple(found)
        at += len(page) - min(_OVERLAP, len(page) // 2)
    raise RequestError(f"the subjects that {rest.server.shown} lists are others page by page")


async def _levels(rest: Rest, about: Told, subjects: Sequence[str], seconds: float) -> Found[Level]:
    """Return the level of each subject; one with a config of its own may have none in it."""

    async def level(subject: str) -> Level:
        told = await rest.ask(SUBJECT_LEVEL, subject, query=(("defaultToGlobal", "true"),))
        group = part(told, "compatibilityGroup", str | None)
        is_of_context = subject.startswith(_CONTEXT)  # which may have a level of its own
        own = part(told, "compatibilityLevel", str if is_of_context else str | None)
        return Level(own or about.compatibility, group)

    return await of_each(subjects, level, seconds)


def _sections(
    told: Mapping[str, Told | Missing], versions: Mapping[str, Versions | Missing]
) -> dict[type[Section], Section]:
    now = datetime.now(UTC)
    alive = {url: one for url, one in told.items() if isinstance(one, Told)}
    read = {url: one for url, one in versions.items() if isinstance(one, Versions)}
    dead, late = _errors(told), _errors(versions)
    about: list[dict[str, Any]] = [
        {
            "url": url,
            "compatibility": one.compatibility,
            "mode": one.mode,
            "subjects_count": len(one.subjects),
        }
        for url, one in alive.items()
    ]
    subjects = [
        {"url": url, "schema_subject": name} for url, one in alive.items() for name in one.subjects
    ]
    own = [
        {"url": url, "schema_subject": name, "compatibility": level.compatibility}
        for url, one in read.items()
        for name, level in one.levels.by_name.items()
    ]
    pairs = [
        {"url": url, "schema_subject": name, **_pair(pair, one.levels.by_name.get(name))}
        for url, one in read.items()
        for name, pair in one.pairs.by_subject.items()
    ]
    levels_lack = _errors({url: one.levels.lacking for url, one in read.items()})
    pairs_lack = _errors({url: _pairs_lack(one) for url, one in read.items()})
    return {
        SchemaRegistries: SchemaRegistries.from_rows(about, read_at=now, errors=dead),
        SchemaSubjects: SchemaSubjects.from_rows(subjects, read_at=now, errors=dead),
        SubjectLevels: SubjectLevels.from_rows(
            own, read_at=now, errors={**dead, **late, **levels_lack}
        ),
        SchemaPairs: SchemaPairs.from_rows(
            pairs, read_at=now, errors={**dead, **late, **pairs_lack}
        ),
    }


def _pairs_lack(versions: Versions) -> Missing | None:
    """Return why pairs are not known, or not judged at the level of their subject."""
    levels, lacking = versions.levels.by_name, versions.pairs.lacking
    pairs = versions.pairs.by_subject.items()
    told = unjudged(
        (pair, levels[name].compatibility if name in levels else None)
        for name, pair in pairs
        if name not in levels or levels[name].group not in pair.differs_in
    )
    if not told:
        return lacking
    reasons = [*(() if lacking is None else (lacking.reason,)), *told]
    return Missing("; ".join(reasons), None if lacking is None else lacking.grant)


def _pair(pair: Pair, level: Level | None) -> dict[str, Any]:
    group = None if level is None else level.group
    return {
        "version": pair.version,
        "earlier_version": pair.earlier_version,
        "schema_type": pair.type,
        "is_same_name": pair.is_same_name,
        "is_same_group": group not in pair.differs_in,
        "backward": pair.backward,
        "forward": pair.forward,
    }


def _errors(told: Mapping[str, object]) -> dict[str, Missing]:
    return {f"endpoint {url}": one for url, one in told.items() if isinstance(one, Missing)}
