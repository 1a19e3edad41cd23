"""Which brokers that are down were voters, so that the quorum cannot have a majority."""

import re
from dataclasses import dataclass
from typing import ClassVar

from kdiag.analysis.down_brokers import DownBrokers
from kdiag.check import derive
from kdiag.sections import BrokerConfigs, Brokers
from kdiag.snapshot import Section

_ROLES = "process.roles"
_STATIC = "controller.quorum.voters"
_DYNAMIC = "controller.quorum.bootstrap.servers"


@dataclass(frozen=True, eq=False, kw_only=True)
class LostVoters(Section):
    """The voters that are down with their brokers, where without them there is no majority."""

    noun: ClassVar[str] = "voters"
    needs_rows: ClassVar[bool] = False

    brokers: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.brokers)


@derive()
def lost_voters(brokers: Brokers, down: DownBrokers, configs: BrokerConfigs) -> LostVoters:
    """Tell from the settings of the brokers that answer who votes.

    controller.quorum.voters names the ids. With a dynamic quorum brokers only know addresses of
    controllers: where brokers are controllers too, the majority of so many addresses is missing if
    fewer brokers answer.
    """
    gone = {int(id_) for id_ in down.rows["broker"]}
    static = re.findall(r"(\d+)@", _value(configs, _STATIC))
    if static:
        voters = {int(id_) for id_ in static}
        lost = voters & gone
        is_lost = len(voters - lost) < len(voters) // 2 + 1
        return LostVoters(brokers=tuple(sorted(lost)) if is_lost else ())
    combined = _combined(configs)
    known = len([one for one in _value(configs, _DYNAMIC).split(",") if one.strip()])
    alive = combined & set(brokers.rows.loc[brokers.rows["is_reachable"], "broker"])
    total = min(known, len(alive | gone)) or len(alive | gone)
    is_lost = bool(combined) and len(alive) < total // 2 + 1
    return LostVoters(brokers=tuple(sorted(gone)) if is_lost else ())


def _combined(configs: BrokerConfigs) -> set[int]:
    rows = configs.only("key", _ROLES).dropna(subset="value")
    roles = zip(rows["broker"], rows["value"], strict=True)
    return {int(id_) for id_, value in roles if "controller" in value}


def _value(configs: BrokerConfigs, key: str) -> str:
    values = configs.only("key", key)["value"].dropna()
    return "" if values.empty else str(values.iloc[0])
