"""Brokers whose release gets no fixes any more.

The project fixes bugs, those of security too, in the releases that its download page lists as
supported; for about twelve months each (Time Based Release Plan of Kafka). The dates come from a
table inside kdiag; its own date is part of the finding.

Reads: ApiVersions (the release of the oldest broker).
"""

from kdiag.api import CLUSTER, Action, Brokers, Finding, KafkaRelease, Said, check, development


@check(area="controller")
def eol_version(release: KafkaRelease, brokers: Brokers | None) -> Said:
    """Clusters on a release of Kafka that is not supported any more."""
    table = release.table
    ended = release.ended
    if ended is None or ended > release.day:
        return
    alone = development(brokers)
    yield Finding(
        "info" if alone else "warning",
        CLUSTER,
        f"Kafka {release.shown} is not supported any more, since {ended} (table of "
        f"{table.as_of}).{release.age_note}",
        "Bugs and vulnerabilities that are found from now on stay; each further release makes the "
        "way to a supported one longer.",
        cause=alone,
        evidence={
            "kafka_release": release.shown,
            "support_ended_on": str(ended),
            "supported_releases": table.supported,
            "table_as_of": str(table.as_of),
            "table_source": table.source,
        },
        actions=(
            Action(
                f"Upgrade, at least to {table.supported[-1]}, which had support on {table.as_of}; "
                "read the upgrade notes of each release in between. The exact version of a broker "
                "stands in its log at the start.",
                "grep -m1 'Kafka version' server.log",
            ),
        ),
    )
