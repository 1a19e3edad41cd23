"""Brokers that would let everybody do everything.

Without authorizer.class.name no ACL is asked. With allow.everyone.if.no.acl.found=true everybody
may do everything with whatever has no ACL yet, as every new topic; brokers never show it, so it can
only be seen in the file.

Reads: server.properties (authorizer.class.name, allow.everyone.if.no.acl.found, listeners).
"""

from kdiag.lint.api import Action, BrokerFiles, Finding, KeyedFile, Said, check, listener_lines

_CLASS, _EVERYONE = "authorizer.class.name", "allow.everyone.if.no.acl.found"
_STANDARD = "org.apache.kafka.metadata.authorizer.StandardAuthorizer"


@check(area="security")
def no_authorizer(brokers: BrokerFiles) -> Said:
    """Brokers without an authorizer, or with one that lets everybody in without ACLs."""
    for file in brokers:
        lines = [line for line in listener_lines(file) if not line.is_loopback]
        if not lines:
            continue
        if _CLASS not in file or file.value(_CLASS) == "":
            yield _without(file)
        elif _EVERYONE in file and file.is_on(_EVERYONE):
            yield Finding(
                "warning",
                file.subject(_EVERYONE),
                f"{_EVERYONE}=true: what has no ACL is open to everybody.",
                "Every new topic can be read, written and deleted by all until somebody adds an "
                "ACL.",
                evidence={"key": _EVERYONE},
                actions=(
                    Action(
                        f"Add ACLs for what is in use, then set {_EVERYONE}=false.",
                        None,
                        "disruptive",
                    ),
                ),
            )


def _without(file: KeyedFile) -> Finding:
    used = "kafka.security.authorizer.AclAuthorizer" if "zookeeper.connect" in file else _STANDARD
    return Finding(
        "warning",
        file.subject(_CLASS),
        f"{_CLASS} is not set: whoever reaches a listener may do everything.",
        "One wrong program, or one stranger, can read, write and delete all topics.",
        evidence={"key": _CLASS},
        actions=(
            Action(
                f"Set {_CLASS}={used}, with super.users for the brokers; add ACLs first.",
                None,
                "disruptive",
            ),
        ),
    )
