"""ACLs of topics or users that are gone.

What is left behind comes to life again with the next topic or user of that name, and nobody knows
why it is allowed. A denial protects what does not exist yet; a prefix, and a topic that a principal
may create itself, are meant for later: none of them is reported. Groups and transactional ids come
and go, so that their absence says nothing.

Reads: DescribeAcls, Metadata (topics by name), DescribeUserScramCredentials, DescribeConfigs
(whether clients log in by SCRAM only).
"""

from collections.abc import Iterator
from typing import Any

from kdiag.api import (
    EVERYBODY,
    Action,
    EnforcedAcls,
    Finding,
    ListenerRoles,
    Said,
    ScramUsers,
    UnlistedTopics,
    Whole,
    check,
    count,
    listed,
    principal,
    topic,
)

_IMPACT = "A new {} of that name has these rights at once, whoever makes it."


@check(area="security")
def dangling_acl(
    acls: EnforcedAcls,
    unlisted: UnlistedTopics,
    users: Whole[ScramUsers] | None,
    roles: ListenerRoles | None,
) -> Said:
    """ACLs that name a topic or a user that does not exist."""
    rows = acls.rows[acls.rows["permission"] == "allow"]
    yield from _topics(rows, unlisted)
    if users is not None and roles is not None and _is_scram_only(roles):
        yield from _users(rows, users)


def _topics(rows: Any, unlisted: UnlistedTopics) -> Iterator[Finding]:
    gone = set(unlisted.rows.loc[~unlisted.rows["exists"], "topic"])
    named = rows[(rows["kind"] == "topic") & (rows["pattern"] == "literal")]
    for name, each in named[named["name"].isin(gone)].groupby("name"):
        is_to_come = each["operation"].isin(["Create", "All"]).any()
        if not is_to_come and not str(name).startswith("__"):
            principals = sorted(set(each["principal"]))
            yield Finding(
                "info",
                topic(str(name)),
                f"{count(len(each), 'ACL')} of {listed(principals)} "
                f"{'is' if len(each) == 1 else 'are'} about topic {name}, which does not exist.",
                _IMPACT.format("topic"),
                evidence={"acl_count": len(each), "principals": principals},
                actions=(
                    Action(
                        "Remove them, unless the topic is to come.",
                        "kafka-acls.sh --bootstrap-server {bootstrap} --remove --topic {topic}",
                        "disruptive",
                        {"topic": str(name)},
                    ),
                ),
            )


def _is_scram_only(roles: ListenerRoles) -> bool:
    """Tell whether a client needs a SCRAM credential on every listener."""
    rows = roles.rows[roles.rows["is_for_clients"]]
    offered = rows["mechanisms"].tolist()
    return bool(offered) and all(
        each and all(word.startswith("SCRAM-") for word in each) for each in offered
    )


def _users(rows: Any, users: ScramUsers) -> Iterator[Finding]:
    """Yield the principals without a credential, but brokers, which log in elsewhere."""
    known = {f"User:{name}" for name in users.rows["user"]}
    brokers = set(rows.loc[rows["operation"] == "ClusterAction", "principal"])
    for who, each in rows.groupby("principal"):
        if who in known | brokers | set(EVERYBODY) or not str(who).startswith("User:"):
            continue
        yield Finding(
            "info",
            principal(str(who)),
            f"{count(len(each), 'ACL')} {'is' if len(each) == 1 else 'are'} of {who}, who has no "
            "SCRAM credential, and clients log in by SCRAM only.",
            _IMPACT.format("user"),
            evidence={"acl_count": len(each)},
            actions=(
                Action(
                    "See what is granted; remove it if the user will not come back.",
                    "kafka-acls.sh --bootstrap-server {bootstrap} --list --principal {principal}",
                    values={"principal": str(who)},
                ),
            ),
            confidence="likely",
        )
