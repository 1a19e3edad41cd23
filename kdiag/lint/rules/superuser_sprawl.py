"""Principals that no ACL stops.

Whoever is in super.users may do everything. Brokers never show the list, so only their file tells.
User:ANONYMOUS in it is everybody who does not log in.

Reads: server.properties (super.users).
"""

from kdiag.lint.api import Action, BrokerFiles, Finding, Said, check, listed

_KEY = "super.users"
_NOBODY = "User:ANONYMOUS"


@check(area="security")
def superuser_sprawl(brokers: BrokerFiles, *, most_count: int = 5) -> Said:
    """Brokers with many super users, or with everybody among them.

    most_count: super users that are still few; each broker may be one.
    """
    for file in brokers:
        users = [user.strip() for user in (file.value(_KEY) or "").split(";") if user.strip()]
        if _NOBODY in users:
            yield Finding(
                "critical",
                file.subject(_KEY),
                f"{_NOBODY} is a super user: whoever does not log in may do everything.",
                "All topics can be read, written and deleted by whoever reaches a listener "
                "without a login.",
                evidence={"super_user_count": len(users)},
                actions=(Action(f"Take {_NOBODY} out of {_KEY}.", None, "disruptive"),),
            )
        elif len(users) > most_count:
            yield Finding(
                "info",
                file.subject(_KEY),
                f"There are {len(users)} super users: {listed(users)}.",
                "Each of them may do everything; what they did, ACLs do not tell.",
                evidence={"super_user_count": len(users), "most_count": most_count},
                actions=(Action("Keep brokers and one administrator; give others ACLs."),),
            )
