"""Who is asked around the brokers: endpoints of Connect and its like, and databases."""

from dataclasses import dataclass, field

from kdiag.sources.http import Server
from kdiag.wire.secret import Secret


@dataclass(frozen=True)
class Database:
    """A PostgreSQL, and how it knows us. dsn: a URL or `key=value` pairs, without a password."""

    dsn: str
    username: str = ""
    password: Secret = field(default_factory=lambda: Secret(""))
    ca_file: str = ""
    certificate_file: str = ""
    key_file: str = ""


@dataclass(frozen=True)
class Services:
    """Who is asked of each kind; nobody where it was not configured."""

    connect: tuple[Server, ...] = ()
    schema_registry: tuple[Server, ...] = ()
    ksqldb: tuple[Server, ...] = ()
    postgres: tuple[Database, ...] = ()
