"""Schema Registries that do not answer.

Producers and consumers keep the schemas that they have seen: who starts anew, or meets a new id,
fails.

Reads: GET /config, /mode and /subjects of each registry, as they were asked just now from here.
One that refuses us (401, 403) is up. Which node is the primary is told by no read.
"""

from kdiag.api import Action, Finding, Said, SchemaRegistries, Subject, check


@check(area="pipelines")
def registry_down(registries: SchemaRegistries) -> Said:
    """Registries that do not answer, or not as one."""
    dead = {
        url: missing
        for url, missing in registries.unread("endpoint").items()
        if missing.grant is None
    }
    is_last = len(registries) == 0 and len(dead) == len(registries.errors)
    for url, missing in dead.items():
        yield Finding(
            "critical" if is_last else "warning",
            Subject.of("endpoint", url=url),
            f"Schema Registry {url} does not answer.",
            "Clients that start, or meet a schema that they have not seen, fail."
            if is_last
            else "Clients that know no other registry fail when they meet a new schema.",
            cause=missing.reason,
            evidence={"reason": missing.reason, "registries_that_answer": len(registries)},
            actions=(Action("Look at its process and log, and ask it by hand: GET /subjects."),),
            confidence="likely",
        )
