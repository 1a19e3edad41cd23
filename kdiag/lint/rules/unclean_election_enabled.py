"""Brokers or topics that let a replica lead that lacks acknowledged records.

With unclean.leader.election.enable=true, a partition whose in-sync replicas are all gone is led by
one that is behind, and what it lacks is lost.

Reads: server.properties; definitions of topics.
"""

from kdiag.lint.api import Action, Finding, KeyedFiles, Said, check

_KEY = "unclean.leader.election.enable"


@check(area="replication", escalate=True)
def unclean_election_enabled(files: KeyedFiles) -> Said:
    """Files that turn unclean leader election on."""
    for file in files:
        if file.kind in ("broker", "topic") and _KEY in file and file.is_on(_KEY):
            who = f"Topic {file.name}" if file.kind == "topic" else "The broker"
            yield Finding(
                "warning",
                file.subject(_KEY),
                f"{who} allows unclean leader election.",
                "Where all in-sync replicas are lost, a replica that is behind leads, and "
                "acknowledged records are gone for good.",
                due="all in-sync replicas are lost",
                evidence={"key": _KEY, "value": "true"},
                actions=(Action(f"Set {_KEY}=false, unless being there matters more than data."),),
            )
