"""Who stands around the brokers, from flags and from tables of the config file.

[postgres]
url = "postgresql://kdiag@db.example:5432/shop"
password_file = "/etc/kdiag/postgres-password"
ca_file = "/etc/kdiag/ca.pem"

For [connect], [schema_registry] and [ksqldb] see kdiag.cli.servers.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kdiag.cli.flags import Beside
from kdiag.cli.servers import TLS_KEYS, URLS, password, servers, table, urls_in
from kdiag.errors import UsageError

if TYPE_CHECKING:
    from kdiag.lab.lab import Lab
    from kdiag.sources.services import Database, Services

_DATABASE_KEYS = ("url", "username", "password_file", *TLS_KEYS)


def services(beside: Beside, config: Path | None) -> "Services":
    """Return who is asked around the brokers; a flag beats the file.

    Raises UsageError for what is no URL, no key of the tables, or cannot be read.
    """
    from kdiag.sources.services import Services

    return Services(
        connect=tuple(servers("Kafka Connect", "connect", beside.connect, config)),
        schema_registry=tuple(
            servers("Schema Registry", "schema-registry", beside.schema_registry, config)
        ),
        ksqldb=tuple(servers("ksqlDB", "ksqldb", beside.ksqldb, config)),
        postgres=tuple(_databases(beside.postgres, config)),
    )


def services_of_lab(lab: "Lab") -> "Services":
    """Return who stands around the brokers of a lab."""
    from kdiag.sources.http import Server
    from kdiag.sources.services import Database, Services
    from kdiag.wire.secret import Secret

    postgres = lab.postgres
    return Services(
        connect=tuple(Server("Kafka Connect", url, "") for url in lab.connect.urls),
        schema_registry=tuple(Server("Schema Registry", url, "") for url in lab.registry.urls),
        postgres=(Database(postgres.dsn, password=Secret(postgres.password("kdiag"))),)
        if "postgres" in lab.plan.services
        else (),
    )


def _databases(given: Sequence[str], config: Path | None) -> "list[Database]":
    from kdiag.sources.services import Database

    found = table(config, "postgres", _DATABASE_KEYS, lists=URLS)
    where = "--postgres" if given else f"{config}: postgres.url"
    return [
        Database(
            _without_password(dsn, where),
            username=found.get("username", ""),
            password=password(found),
            **{key: found.get(key, "") for key in TLS_KEYS},
        )
        for dsn in dict.fromkeys(given or urls_in(found))
    ]


def _without_password(dsn: str, where: str) -> str:
    """Return a URL of a database. Raises UsageError where it is none, or has a secret in it."""
    from kdiag.sources.saved.secret_settings import without_credentials

    try:
        parts = urlsplit(dsn)
        is_plain = parts.scheme in ("postgresql", "postgres") and parts.hostname and parts.port != 0
        is_plain = is_plain and parts.password is None and not set("?#").intersection(dsn)
    except ValueError:
        is_plain = False
    if not is_plain:
        shown = without_credentials(dsn.split("@")[-1].partition("?")[0].partition("#")[0])
        raise UsageError(
            f"{where} {shown}: expected postgresql://USER@HOST:PORT/DATABASE; its password is read "
            "from password_file in [postgres] of --config"
        )
    return dsn
