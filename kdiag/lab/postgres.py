"""PostgreSQL in a lab: the server of Debian's package, on loopback, with logical replication.

It refuses to run as root; there it runs as the user of its package, or as nobody.
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kdiag.errors import LabError
from kdiag.lab.plan import HOST
from kdiag.lab.service import Service
from kdiag.lab.waiting import wait_until

if TYPE_CHECKING:
    from kdiag.lab.lab import Lab

CONNECTOR = "io.debezium.connector.postgresql.PostgresConnector"
DATABASE, READER, WRITER = "shop", "kdiag", "debezium"
"""The database, the role that may look at the server, and that of the connectors."""

_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "wal_level": "logical",
    "max_wal_senders": "6",
    "max_replication_slots": "6",
    "fsync": "off",
    "shared_buffers": "32MB",
}
_TOPIC = ("replication_factor", "partitions")
_SECONDS = 30  # for one command


def start(lab: "Lab") -> None:
    """Start the server with a database, its roles and a table of customers."""
    lab.postgres.start()


@dataclass(frozen=True)
class Postgres:
    """The database server of a lab."""

    lab: "Lab"

    @property
    def service(self) -> Service:
        """Return its process."""
        return Service.of(self.lab.state, "postgres")

    @property
    def dsn(self) -> str:
        """Return where it is asked, as `--postgres` takes it."""
        return f"postgresql://{READER}@{self.service.address}/{DATABASE}"

    @property
    def config_file(self) -> Path:
        """Return the file that tells kdiag the password, for `--config`."""
        return self.service.home / "kdiag.toml"

    def password_file(self, role: str = READER) -> Path:
        """Return the file with the password of a role, readable by its owner only."""
        file = self.service.home / f"{role}.password"
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(secrets.token_urlsafe(12), encoding="ascii")
        return file

    def password(self, role: str) -> str:
        """Return the password of a role."""
        return self.password_file(role).read_text(encoding="ascii").strip()

    def start(self) -> None:
        """Start the server, or start it again, and wait until it lets us in."""
        service = self.service
        is_new = not (service.home / "data").exists()
        if is_new:
            service.home.mkdir(parents=True, exist_ok=True)
            _let_in(service.home, self.lab.home)
            self._init()
        data = service.home / "data"
        settings = [f"--{key}={value}" for key, value in _SETTINGS.items()]
        command = [_program("postgres"), "-D", str(data), "-p", str(service.port), *settings]
        service.launch([*_as_other_user(), *command], dict(os.environ))
        service.wait(lambda: _is_ready(service.port), 60)
        if is_new:
            self._make_database()
            table = f'[postgres]\npassword_file = "{self.password_file()}"\n'
            self.config_file.write_text(table, encoding="utf-8")

    def stop(self) -> None:
        """End the server at once and in order; who is connected is cut off."""
        process = self.service.process
        if process is not None:
            process.signal(signal.SIGINT)
            if not process.wait(_SECONDS):
                process.kill()

    def execute(self, sql: str, database: str = DATABASE) -> str:
        """Run SQL as the owner of the server; return the rows, `|` between columns."""
        command = [_program("psql"), "-h", HOST, "-p", str(self.service.port), "-U", "postgres"]
        options = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql]
        done = subprocess.run(  # noqa: S603
            [*command, *options],
            env={**os.environ, "PGPASSWORD": self.password("postgres")},
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise LabError(f"PostgreSQL refused: {done.stderr.strip()[:300]}")
        return done.stdout.strip()

    def write(self, count: int = 100) -> None:
        """Insert customers."""
        self.execute(
            f"INSERT INTO customers (name) SELECT 'n' || n FROM generate_series(1, {count:d}) n"  # noqa: S608
        )

    def kept_bytes(self, slot: str) -> int:
        """Return how much WAL a slot holds."""
        return int(self._of_slot("pg_current_wal_lsn() - restart_lsn", slot) or 0)

    def is_read(self, slot: str) -> bool:
        """Tell whether somebody reads a slot."""
        return self._of_slot("active", slot) == "t"

    def _of_slot(self, what: str, slot: str) -> str:
        return self.execute(
            f"SELECT {what} FROM pg_replication_slots WHERE slot_name = '{slot}'"  # noqa: S608
        )

    def make_role(self, role: str) -> None:
        """Make a role that may do what that of the connectors may."""
        self.execute(f"CREATE ROLE {role} LOGIN REPLICATION IN ROLE {WRITER}", "postgres")
        self.set_password(role, self.password(role))

    def capture(
        self, connector: str, slot: str, role: str = WRITER, *, makes_topics: bool = True
    ) -> None:
        """Let Debezium read the customers into Kafka, and wait until it has begun."""
        topics = {f"topic_creation_default_{key}": "1" for key in _TOPIC} if makes_topics else {}
        self.lab.connect.put(
            connector,
            CONNECTOR,
            topic_prefix=connector,
            database_hostname=HOST,
            database_port=str(self.service.port),
            database_dbname=DATABASE,
            database_user=role,
            database_password=f"${{dir:{self.service.home}:{self.password_file(role).name}}}",
            plugin_name="pgoutput",
            slot_name=slot,
            publication_name=f"{slot}_publication",
            publication_autocreate_mode="filtered",
            table_include_list="public.customers",
            **topics,
        )
        wait_until(lambda: self.is_read(slot), f"slot {slot} is read", 60, 0.5)

    def drop(self, slot: str) -> None:
        """Drop a slot, if it exists, once nobody reads it any more."""
        wait_until(lambda: not self.is_read(slot), f"slot {slot} is left", 60, 0.5)
        self._of_slot("pg_drop_replication_slot(slot_name)", slot)

    def _init(self) -> None:
        home, password = self.service.home, self.password("postgres")
        (home / "data").mkdir(mode=0o700)
        owner = _other_user()
        if owner is not None:
            os.chown(home / "data", owner.pw_uid, owner.pw_gid)
        script = 'exec "$0" -D "$1" -A scram-sha-256 -U postgres --no-sync --pwfile=<(cat)'
        done = subprocess.run(  # noqa: S603
            [*_as_other_user(), "/bin/bash", "-c", script, _program("initdb"), str(home / "data")],
            input=password,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            cwd="/",
        )
        if done.returncode != 0:
            raise LabError(f"initdb failed: {done.stderr.strip()[:300]}")

    def _make_database(self) -> None:
        for role, rights in ((READER, ""), (WRITER, "REPLICATION")):
            self.execute(f"CREATE ROLE {role} LOGIN {rights}", "postgres")
            self.set_password(role, self.password(role))
        self.execute(f"GRANT pg_monitor TO {READER}", "postgres")
        self.execute(f"CREATE DATABASE {DATABASE} OWNER {WRITER}", "postgres")
        self.execute(
            "CREATE TABLE customers (id bigserial PRIMARY KEY, name text); "
            f"ALTER TABLE customers OWNER TO {WRITER}"
        )

    def set_password(self, role: str, password: str) -> None:
        """Give a role another password, in the server alone."""
        self.execute(f"ALTER ROLE {role} PASSWORD '{password}'", "postgres")

    def cut(self, role: str) -> None:
        """End the connections of a role."""
        others = f"FROM pg_stat_activity WHERE usename = '{role}'"
        self.execute(f"SELECT pg_terminate_backend(pid) {others}", "postgres")


def _program(name: str) -> str:
    """Return a program of PostgreSQL; Debian keeps the server's out of the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    path = str(found[-1]) if found else shutil.which(name)
    if path is None:
        raise LabError("The lab finds no PostgreSQL; install it with: apt-get install postgresql.")
    return path


def _other_user() -> "pwd.struct_passwd | None":
    """Return as whom it runs where we are root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _as_other_user() -> list[str]:
    user = _other_user()
    if user is None:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise LabError("PostgreSQL does not run as root, and there is no setpriv (util-linux).")
    return [setpriv, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _let_in(home: Path, lab_home: Path) -> None:
    """Let the other user pass to its data, and to nothing else."""
    if _other_user() is None:
        return
    for each in lab_home.iterdir():
        if each.is_dir():
            each.chmod(0o700)
    for each in (lab_home, home.parent, home):
        each.chmod(0o711)


def _is_ready(port: int) -> bool:
    done = subprocess.run(  # noqa: S603
        [_program("pg_isready"), "-q", "-h", HOST, "-p", str(port)], timeout=_SECONDS, check=False
    )
    return done.returncode == 0
