"""ListGroups of every broker, put together, without a broker."""

import asyncio
from types import SimpleNamespace as Reply

import pytest

from kdiag.sources.admin.groups import list_groups


class Answers:
    """Stands where the wire does: each broker lists some groups."""

    def __init__(self, groups_by_broker):
        self.brokers = groups_by_broker

    async def ask_all(self, api, asked):
        assert api == "ListGroups"
        return {id_: Reply(error_code=0, groups=self._rows(id_)) for id_ in asked}

    def _rows(self, broker):
        return [
            Reply(group_id=name, protocol_type="consumer", group_state="Stable", group_type="")
            for name in self.brokers[broker]
        ]


class Known:
    """A cluster whose topics may be described, without `__consumer_offsets`."""

    operations = frozenset({"Describe"})

    def leaders(self):
        return iter(())


@pytest.mark.parametrize("second", [["billing"], ["billing", "audit"]])
def test_a_group_that_two_brokers_list_while_its_coordinator_moves_is_there_once(second):
    listing = asyncio.run(list_groups(Answers({1: ["billing"], 2: second}), Known()))

    names = [listed.group for listed in listing.groups]
    assert sorted(names) == sorted({"billing", *second})
    assert [listed.group for listed in listing.by_coordinator[1]] == ["billing"]
    assert [listed.group for listed in listing.by_coordinator[2]] == second[1:]
