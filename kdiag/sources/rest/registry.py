"""Schema Registry: levels of compatibility and subjects of each that is given, all at once.

Source: Confluent's API (core, rest/resources: /config, /mode, /subjects), which Apicurio answers
under /apis/ccompat/v7. What differs there: GET /config/SUBJECT without a level of its own is 404
(40408) with Confluent and 200 with Apicurio; with defaultToGlobal=true both answer with the level
that counts. So that is what is asked, once a subject and a few at a time.

Which node of a registry is its primary is not told by any read: a write would show it (50004).
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kdiag.errors import KdiagError
from kdiag.pipeline_sections import SchemaRegistries, SchemaSubjects, SubjectLevels
from kdiag.snapshot import Missing, Section
from kdiag.sources.http import Server
from kdiag.sources.missing import missing
from kdiag.sources.rest.allowlist import LEVEL, MODE, SUBJECT_LEVEL, SUBJECTS
from kdiag.sources.rest.client import Answered, Asking, Rest, part
from kdiag.sources.rest.endpoints import each
from kdiag.sources.tables import tables_ready

NAME = "Schema Registry"

_NOT_FOUND = 404
_LEVELS_RATIO = 0.9  # of the time for an endpoint, so that what was told until then is kept
_ASKERS = 8  # as many as a client has connections


@dataclass(frozen=True)
class Told:
    """What one registry tells of itself; subjects: their names."""

    compatibility: str
    mode: str
    subjects: Sequence[str]


@dataclass(frozen=True)
class Levels:
    """Levels by subject, as far as they were told. lacking: why some are not there."""

    by_subject: Mapping[str, str]
    lacking: Missing | None = None


async def read_registries(
    servers: Sequence[Server], asking: Asking
) -> dict[type[Section], Section]:
    """Ask all registries; return the sections `REGISTRY_SECTIONS`.

    Levels of subjects are asked after the rest and have a deadline of their own: one that is too
    slow for all its subjects is not one that is down.
    """
    told = await each(servers, asking, _about)
    alive = {url: one for url, one in told.items() if isinstance(one, Told)}

    async def read(rest: Rest) -> Levels:
        seconds = _LEVELS_RATIO * asking.all_seconds
        return await _levels(rest, alive[rest.server.url].subjects, seconds)

    levels = await each([one for one in servers if one.url in alive], asking, read)
    await tables_ready()
    return _sections(told, levels)


async def _about(rest: Rest) -> Told:
    level, mode, subjects = await asyncio.gather(
        rest.ask(LEVEL), rest.ask(MODE), rest.ask(SUBJECTS)
    )
    return Told(
        compatibility=part(level, "compatibilityLevel", str),
        mode=part(mode, "mode", str),
        subjects=part({"subjects": subjects}, "subjects", tuple[str, ...]),
    )


async def _levels(rest: Rest, subjects: Sequence[str], seconds: float) -> Levels:
    """Return the level of each subject; one that is gone by now is left out.

    One that is refused costs itself, an endpoint that goes away what was not asked until then.
    """
    found: dict[str, str] = {}
    refused: list[Missing] = []
    waiting = iter(subjects)

    async def ask() -> None:
        for subject in waiting:
            try:
                told = await rest.ask(SUBJECT_LEVEL, subject, query=(("defaultToGlobal", "true"),))
            except Answered as error:
                if error.status != _NOT_FOUND or error.code is None:
                    refused.append(missing(error))
                continue
            found[subject] = part(told, "compatibilityLevel", str)

    try:
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as tasks:
            for _ in range(_ASKERS):
                tasks.create_task(ask())
    except TimeoutError:
        told = f"{len(found)} of {len(subjects)} subjects were asked within {seconds:g} s"
        return Levels(found, Missing(told))
    except ExceptionGroup as errors:
        return Levels(found, _reason(errors.exceptions[0]))
    return Levels(found, next(iter(refused), None))


def _reason(error: Exception) -> Missing:
    if isinstance(error, KdiagError):
        return missing(error)
    raise error


def _sections(
    told: Mapping[str, Told | Missing], levels: Mapping[str, Levels | Missing]
) -> dict[type[Section], Section]:
    now = datetime.now(UTC)
    alive = {url: one for url, one in told.items() if isinstance(one, Told)}
    dead = _errors(told)
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
        {"url": url, "schema_subject": name, "compatibility": level}
        for url, one in levels.items()
        if not isinstance(one, Missing)
        for name, level in one.by_subject.items()
    ]
    lacking = {url: one.lacking if isinstance(one, Levels) else one for url, one in levels.items()}
    return {
        SchemaRegistries: SchemaRegistries.from_rows(about, read_at=now, errors=dead),
        SchemaSubjects: SchemaSubjects.from_rows(subjects, read_at=now, errors=dead),
        SubjectLevels: SubjectLevels.from_rows(
            own, read_at=now, errors={**dead, **_errors(lacking)}
        ),
    }


def _errors(told: Mapping[str, object]) -> dict[str, Missing]:
    return {f"endpoint {url}": one for url, one in told.items() if isinstance(one, Missing)}
