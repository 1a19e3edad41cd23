"""Quorums of controllers that do not bear a loss, or have one voter too many.

A majority of the voters must live: of 1 or 2 none may be lost, and 4 bear no more than 3.

Reads: server.properties (controller.quorum.voters).
"""

from kdiag.lint.api import Action, BrokerFiles, Finding, Said, check, count

_KEY = "controller.quorum.voters"
_FEW = 2


@check(area="controller")
def quorum_size(brokers: BrokerFiles) -> Said:
    """Brokers or controllers with one, two, or an even number of voters."""
    for file in brokers:
        voters = [voter for voter in (file.value(_KEY) or "").split(",") if voter.strip()]
        number = len(voters)
        if not number or (number > _FEW and number % 2):
            continue
        roles = file.value("process.roles") or ""
        is_alone = number == 1 and "broker" in roles and "controller" in roles
        yield Finding(
            "info" if is_alone else "warning",
            file.subject(_KEY),
            f"The quorum has {count(number, 'voter')}.",
            "The loss of one of them stops all changes of metadata."
            if number <= _FEW
            else f"It bears no more losses than one of {number - 1}.",
            cause="One node is broker and controller, as for development." if is_alone else "",
            due="a controller is lost",
            evidence={"voter_count": number, "target_voter_count": 3},
            actions=(Action("Have three voters, or five.", None, "disruptive"),),
        )
