"""SCRAM credentials that are as weak as Kafka allows.

Who gets hold of the stored credential tries passwords against it; iterations are what each try
costs. Kafka refuses fewer than 4096, which is also its default (ScramMechanism); NIST and OWASP ask
for hundreds of thousands with SHA-256. A user who has SHA-512 as well is not reported.

Reads: DescribeUserScramCredentials.
"""

from typing import Any

from kdiag.api import (
    Action,
    Finding,
    NotApplicable,
    Said,
    ScramUsers,
    check,
    count,
    principal,
)


@check(area="security")
def weak_scram(users: ScramUsers, *, least_count: int = 4096) -> Said:
    """Users whose only SCRAM credential is SHA-256 at the least number of iterations.

    least_count: iterations that are no better than the minimum.
    """
    if not len(users) and not users.errors:
        yield NotApplicable("there are no SCRAM users")
    for name, each in users.rows.groupby("user"):
        is_short = set(each["mechanism"]) == {"SCRAM-SHA-256"}
        if is_short and each["iterations"].max() <= least_count:
            yield _finding(str(name), each)


def _finding(name: str, rows: Any) -> Finding:
    iterations = int(rows["iterations"].max())
    return Finding(
        "info",
        principal(f"User:{name}"),
        f"User {name} has SCRAM-SHA-256 with {count(iterations, 'iteration')} only.",
        "Who gets a copy of the metadata log or of ZooKeeper can guess the password quickly, "
        "unless it is long and random.",
        evidence={"iterations": iterations, "mechanism": "SCRAM-SHA-256"},
        actions=(
            Action(
                "Give the user a long random password with SHA-512 and more iterations; clients "
                "then need that mechanism and password.",
                "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type "
                "users --entity-name {user} --add-config "
                "'SCRAM-SHA-512=[iterations=16384,password=SECRET]'",
                "disruptive",
                {"user": name},
            ),
        ),
    )
