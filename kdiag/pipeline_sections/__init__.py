"""Raw sections of the pipelines around the brokers: one module a service, as `kdiag.sections`."""

from kdiag.pipeline_sections.connect import (
    CONNECT_SECTIONS as CONNECT_SECTIONS,
)
from kdiag.pipeline_sections.connect import (
    ConnectorConfigs as ConnectorConfigs,
)
from kdiag.pipeline_sections.connect import (
    Connectors as Connectors,
)
from kdiag.pipeline_sections.connect import (
    ConnectorTasks as ConnectorTasks,
)
from kdiag.pipeline_sections.connect import (
    ConnectPlugins as ConnectPlugins,
)
from kdiag.pipeline_sections.connect import (
    ConnectWorkers as ConnectWorkers,
)
from kdiag.pipeline_sections.ksqldb import (
    KSQLDB_SECTIONS as KSQLDB_SECTIONS,
)
from kdiag.pipeline_sections.ksqldb import (
    KsqlQueries as KsqlQueries,
)
from kdiag.pipeline_sections.ksqldb import (
    KsqlServers as KsqlServers,
)
from kdiag.pipeline_sections.postgres import (
    POSTGRES_SECTIONS as POSTGRES_SECTIONS,
)
from kdiag.pipeline_sections.postgres import (
    PostgresServers as PostgresServers,
)
from kdiag.pipeline_sections.postgres import (
    Publications as Publications,
)
from kdiag.pipeline_sections.postgres import (
    ReplicationSlots as ReplicationSlots,
)
from kdiag.pipeline_sections.registry import (
    REGISTRY_SECTIONS as REGISTRY_SECTIONS,
)
from kdiag.pipeline_sections.registry import (
    SchemaIds as SchemaIds,
)
from kdiag.pipeline_sections.registry import (
    SchemaPairs as SchemaPairs,
)
from kdiag.pipeline_sections.registry import (
    SchemaRegistries as SchemaRegistries,
)
from kdiag.pipeline_sections.registry import (
    SchemaSubjects as SchemaSubjects,
)
from kdiag.pipeline_sections.registry import (
    SubjectLevels as SubjectLevels,
)
from kdiag.snapshot import Section

PIPELINE_SECTIONS: tuple[type[Section], ...] = (
    *CONNECT_SECTIONS,
    *REGISTRY_SECTIONS,
    SchemaIds,
    *KSQLDB_SECTIONS,
    *POSTGRES_SECTIONS,
)
"""In the order in which a snapshot file lists them."""
