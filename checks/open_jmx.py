"""JMX that lets anybody in.

Whoever reaches an open RMI port can load classes into the broker, which is to run code there; an
open Jolokia runs operations, if no policy restricts it. A page of metrics only tells numbers.

Reads: JMX, as it was given by --jmx.
"""

from kdiag.api import CLUSTER, Action, Finding, JmxAccess, Said, check, count, listed, subject_of

_RUNS_CODE = {"rmi": "JMX over RMI", "jolokia": "Jolokia"}


@check(area="security")
def open_jmx(access: JmxAccess) -> Said:
    """Processes whose JMX answered us without a password."""
    rows = access.rows[~access.rows["has_password"] & access.rows["dialect"].isin(_RUNS_CODE)]
    for (dialect, is_near), each in rows.groupby(["dialect", rows["host"].map(_is_loopback)]):
        yield _finding(str(dialect), each["target"].tolist(), is_near=bool(is_near))


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


def _finding(dialect: str, targets: list[str], *, is_near: bool) -> Finding:
    where = "on this machine" if is_near else "over the network"
    return Finding(
        "info" if is_near else "warning",
        subject_of(targets[0]) if len(targets) == 1 else CLUSTER,
        f"{_RUNS_CODE[dialect]} of {listed(targets)} answers {where} without a password.",
        "Who reaches the port can run code in the process, and read and change all of its data.",
        cause="From here it cannot be told whether others reach it too." if is_near else "",
        confidence="possible" if is_near else "certain",
        evidence={"processes": len(targets), "dialect": dialect},
        actions=(_close(dialect, len(targets)),),
    )


def _close(dialect: str, number: int) -> Action:
    if dialect == "jolokia":
        return Action(
            "Give the agent user, password and a policy that allows only read, list and search "
            "(policyLocation), and bind it to an address that only monitoring reaches.",
            effect="disruptive",
        )
    return Action(
        f"Restart {count(number, 'process', 'processes')} with authenticate=true, a password file "
        "and an access file with read-only users, or bind the port to loopback.",
        "KAFKA_JMX_OPTS='-Dcom.sun.management.jmxremote.authenticate=true "
        "-Dcom.sun.management.jmxremote.password.file=FILE "
        "-Dcom.sun.management.jmxremote.access.file=FILE'",
        "disruptive",
    )
