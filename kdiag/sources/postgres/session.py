"""One connection to PostgreSQL that can only read, under a deadline, and never shows its password.

The server is told to refuse writes (default_transaction_read_only), and statements that are not in
the table are refused before they are sent.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kdiag.errors import Denied, RequestError, TimedOut, Unreachable
from kdiag.sources.postgres.statements import STATEMENTS
from kdiag.sources.services import Database
from kdiag.wire.allowlist import SendRefused

if TYPE_CHECKING:
    from psycopg import AsyncConnection

_SHOWN = 200  # characters of what a server says of an error
NEEDS_EXTRA = "pip install 'kdiag[postgres]'"

Row = Mapping[str, Any]


def shown(database: Database) -> str:
    """Return the URL of a database without its user."""
    parts = urlsplit(database.dsn)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"postgresql://{host}:{parts.port or 5432}{parts.path}"


class Session:
    """A connection that is open while this is entered.

    Raises Unreachable, TimedOut, Denied (login), RequestError.
    """

    def __init__(self, database: Database, seconds: float) -> None:
        self._database, self._seconds = database, seconds
        self.shown = shown(database)

    async def __aenter__(self) -> "Session":
        try:
            import psycopg
        except ImportError:
            raise Denied("psycopg is not installed", NEEDS_EXTRA) from None
        try:
            async with asyncio.timeout(self._seconds):
                self._connection = await _connected(self._database, self._seconds)
        except TimeoutError:
            raise TimedOut(f"{self.shown} did not let us in within {self._seconds:g} s") from None
        except psycopg.Error as error:
            raise self._refusal(error) from None
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()

    async def read(self, statement: str, grant: str | None = None) -> Sequence[Row]:
        """Return the rows of a statement out of the table.

        grant: what the role lacks where it may not. Raises SendRefused for another statement.
        """
        import psycopg

        if statement not in STATEMENTS:
            raise SendRefused(f"{statement.strip():.40} is no statement that kdiag may send")
        try:
            async with asyncio.timeout(self._seconds):
                return await (await self._connection.execute(statement)).fetchall()
        except TimeoutError:
            raise TimedOut(f"{self.shown} did not answer within {self._seconds:g} s") from None
        except psycopg.errors.InsufficientPrivilege as error:
            raise Denied(f"{self.shown}: {_said(error)}", grant or "pg_monitor") from None
        except psycopg.Error as error:
            raise RequestError(f"{self.shown}: {_said(error)}") from None

    def _refusal(self, error: Exception) -> RequestError:
        """Return why there is no connection; the sentences are those of libpq, which knows why."""
        said = _said(error)
        words = ("authentication", "no password", "pg_hba", "does not exist", "permission denied")
        if any(word in said for word in words):
            return Denied(
                f"{self.shown} does not let us in: {said}",
                "username and password_file in [postgres] of --config",
            )
        return Unreachable(f"{self.shown} cannot be reached: {said}")


async def _connected(database: Database, seconds: float) -> "AsyncConnection[Row]":
    from psycopg import AsyncConnection
    from psycopg.conninfo import make_conninfo
    from psycopg.rows import dict_row

    milliseconds = max(1, round(seconds * 1000))
    given = {
        "user": database.username or urlsplit(database.dsn).username,
        "password": database.password.value,
        "sslrootcert": database.ca_file,
        "sslmode": "verify-full" if database.ca_file else "",
        "sslcert": database.certificate_file,
        "sslkey": database.key_file,
    }
    where = make_conninfo(
        database.dsn,
        application_name="kdiag",
        client_encoding="utf8",  # else a database in SQL_ASCII answers bytes, not text
        connect_timeout=max(2, round(seconds)),
        options="-c default_transaction_read_only=on "
        f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds}",
        **{key: value for key, value in given.items() if value},
    )
    return await AsyncConnection.connect(where, autocommit=True, row_factory=dict_row)


def _said(error: Exception) -> str:
    """Return what the server says, on one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = lines[0].rpartition("failed: ")[2] if lines else type(error).__name__
    return said.removeprefix("FATAL:").strip()[:_SHOWN]
