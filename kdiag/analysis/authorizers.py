"""Whether brokers ask who may do what, each broker by its own settings."""

from typing import Any

from kdiag.check import derive
from kdiag.sections import Acls, BrokerConfigs
from kdiag.snapshot import Missing, Table

_CLASS = "authorizer.class.name"
_EVERYONE = "allow.everyone.if.no.acl.found"
_HIDDEN = Missing(
    f"{_EVERYONE} is set, and brokers never return its value: it opens every resource without an "
    "ACL if it is true",
    "server.properties of the broker",
)


class Authorizers(Table):
    """One row a broker: the class of its authorizer, None where it has none."""

    noun = "brokers"
    columns = {"broker": "int", "authorizer": "str"}


@derive(configs=(_CLASS,))
def authorizers(configs: BrokerConfigs, acls: Acls | None) -> Authorizers:
    """Read the class; a setting that would undo it and cannot be read is not known to be off.

    Where a broker answered that ACLs are switched off, no setting of another matters.
    """
    classes = configs.only("key", _CLASS)
    is_off = acls is not None and not acls.is_enforced
    hidden = configs.only("key", _EVERYONE)["broker"].tolist()
    return Authorizers.from_rows(
        [
            {"broker": row.broker, "authorizer": None if is_off else _class(row.value)}
            for row in classes.itertuples()
        ],
        errors={} if is_off else {f"{_EVERYONE} of broker {id_}": _HIDDEN for id_ in hidden},
    )


def _class(value: Any) -> str | None:
    return str(value).strip() or None if value is not None else None
