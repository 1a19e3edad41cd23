"""What stands around the brokers, service by service: read where a check wants it and it is given.

A service that was not configured makes its sections not applicable.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

from kdiag.collect.settled import Filled, Part
from kdiag.finding import NotApplicable
from kdiag.pipeline_sections import (
    CONNECT_SECTIONS,
    KSQLDB_SECTIONS,
    POSTGRES_SECTIONS,
    REGISTRY_SECTIONS,
    SchemaIds,
    SchemaSubjects,
)
from kdiag.sections import RecordSamples
from kdiag.snapshot import Section
from kdiag.sources.postgres.reading import Limits, read_postgres
from kdiag.sources.rest.client import Asking
from kdiag.sources.rest.connect import read_connect
from kdiag.sources.rest.ksqldb import read_ksqldb
from kdiag.sources.rest.registry import read_registries
from kdiag.sources.rest.schema_ids import read_schema_ids
from kdiag.sources.services import Services


@dataclass(frozen=True)
class Pipelines:
    """Who is asked, and how.

    cluster_id: of the Kafka cluster, None where it is not told. wanted: by the plan; of a registry,
    what costs a request a subject is not asked otherwise.
    """

    services: Services
    asking: Asking
    cluster_id: str | None
    wanted: frozenset[type[Section]]

    def all(self) -> Iterator[Part]:
        """Yield the parts; one is read where the plan wants a section of it."""
        yield self._part(
            CONNECT_SECTIONS, "Kafka Connect", "--connect", self.services.connect, self._connect
        )
        yield self._part(
            REGISTRY_SECTIONS,
            "Schema Registry",
            "--schema-registry",
            self.services.schema_registry,
            self._registries,
        )
        yield self._part(KSQLDB_SECTIONS, "ksqlDB", "--ksqldb", self.services.ksqldb, self._ksqldb)
        yield self._part(
            POSTGRES_SECTIONS, "PostgreSQL", "--postgres", self.services.postgres, self.postgres
        )

    def _part(
        self,
        sections: Sequence[type[Section]],
        what: str,
        flag: str,
        given: Sequence[object],
        read: Callable[[], Awaitable[Filled]],
    ) -> Part:
        """Return the part that fills some sections, if somebody is given to be asked."""

        async def nobody() -> Filled:
            return dict.fromkeys(sections, NotApplicable(f"no {what} was given ({flag})"))

        return set(sections), read if given else nobody

    async def _connect(self) -> Filled:
        return dict(await read_connect(self.services.connect, self.asking, self.cluster_id))

    async def _registries(self) -> Filled:
        servers = self.services.schema_registry
        wanted = self.wanted | ({SchemaSubjects} if SchemaIds in self.wanted else set())
        return dict(await read_registries(servers, self.asking, wanted))

    async def _ksqldb(self) -> Filled:
        return dict(await read_ksqldb(self.services.ksqldb, self.asking, self.cluster_id))

    async def schema_ids(self, held: Filled) -> Filled:
        """Ask registries for the ids of the records that were looked at."""
        samples, subjects = held.get(RecordSamples), held.get(SchemaSubjects)
        if not isinstance(subjects, SchemaSubjects):
            return {} if subjects is None else {SchemaIds: subjects}
        if not isinstance(samples, RecordSamples):
            return {} if samples is None else {SchemaIds: samples}
        servers = self.services.schema_registry
        return {SchemaIds: await read_schema_ids(servers, self.asking, samples, subjects)}

    async def postgres(self) -> Filled:
        """Ask the databases; again where the plan wants to see what moves."""
        limits = Limits(self.asking.seconds, self.asking.requests)
        return dict(await read_postgres(self.services.postgres, limits))
