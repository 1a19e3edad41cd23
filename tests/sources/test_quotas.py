"""Quotas as DescribeClientQuotas tells them, without a broker."""

import asyncio
from types import SimpleNamespace as Reply

from kdiag.errors import Denied
from kdiag.snapshot import Missing
from kdiag.sources.admin.quotas import read_client_quotas
from tests.tables import NOW


class OneAnswer:
    """Stands where the wire does: gives one answer to one request."""

    def __init__(self, answer):
        self.answer = answer

    async def ask(self, broker, api, fields):
        assert (broker, api) == (None, "DescribeClientQuotas")
        assert fields == {"components": [], "strict": False}
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def read(answer):
    return asyncio.run(read_client_quotas(OneAnswer(answer), NOW))


def entry(entity, **values):
    parts = [Reply(entity_type=kind, entity_name=name) for kind, name in entity.items()]
    return Reply(entity=parts, values=[Reply(key=k, value=v) for k, v in values.items()])


def test_entities_are_told_apart_from_defaults_and_from_what_they_lack():
    entries = [
        entry({"client-id": "app"}, consumer_byte_rate=1e6),
        entry({"user": None, "client-id": "app"}, request_percentage=50.0),
    ]

    rows = read(Reply(error_code=0, entries=entries)).rows

    assert rows[["user", "client_id", "key"]].values.tolist() == [
        [None, "app", "consumer_byte_rate"],
        ["<default>", "app", "request_percentage"],
    ]


def test_no_quotas_are_an_empty_table():
    assert len(read(Reply(error_code=0, entries=None))) == 0


def test_a_refusal_is_missing_and_names_the_grant():
    found = read(Denied("not authorised", "DescribeConfigs on Cluster"))

    assert isinstance(found, Missing)
    assert found.grant == "DescribeConfigs on Cluster"
