"""ACLs, credentials and loggers as replies tell them, without a broker."""

import asyncio
from types import SimpleNamespace as Reply

from kdiag.errors import Denied
from kdiag.snapshot import Missing
from kdiag.sources.admin.acls import read_acls, read_unlisted_topics
from kdiag.sources.admin.loggers import read_broker_loggers
from kdiag.sources.admin.scram import read_scram_users
from tests.tables import NOW

DENIED = Denied("not authorised", "Describe on Cluster")


class Answers:
    """Stands where the wire does: gives the answer for a request, and notes what was asked."""

    def __init__(self, **answers):
        self.answers, self.asked = answers, {}
        self.brokers = {1: None, 2: None}

    async def ask(self, broker, api, fields):
        self.asked[api] = fields
        answer = self.answers[api]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def ask_all(self, api, fields):
        self.asked[api] = fields
        return self.answers[api]


def resource(kind, name, pattern, *acls):
    made = [
        Reply(principal=who, host="*", operation=operation, permission_type=permission)
        for who, operation, permission in acls
    ]
    return Reply(resource_type=kind, resource_name=name, pattern_type=pattern, acls=made)


def test_acls_are_told_by_kafkas_words():
    reply = Reply(
        error_code=0,
        resources=[
            resource(2, "orders", 3, ("User:a", 3, 3), ("User:*", 4, 2)),
            resource(5, "t-", 4, ("User:b", 2, 3)),
            resource(99, "new", 3, ("User:c", 98, 3)),
        ],
    )

    table = asyncio.run(read_acls(Answers(DescribeAcls=reply), NOW))

    assert table.is_enforced
    assert table.rows.drop(columns="host").values.tolist() == [
        ["topic", "orders", "literal", "User:a", "Read", "allow"],
        ["topic", "orders", "literal", "User:*", "Write", "deny"],
        ["transactional-id", "t-", "prefixed", "User:b", "All", "allow"],
        ["code 99", "new", "literal", "User:c", "code 98", "allow"],
    ]


def test_no_authorizer_is_an_answer_and_a_refusal_is_none():
    off = asyncio.run(read_acls(Answers(DescribeAcls=Reply(error_code=54, resources=[])), NOW))
    refused = asyncio.run(read_acls(Answers(DescribeAcls=DENIED), NOW))
    by_code = asyncio.run(read_acls(Answers(DescribeAcls=Reply(error_code=31)), NOW))

    assert not off.is_enforced
    assert len(off) == 0
    assert refused == by_code == Missing("not authorised", "Describe on Cluster")


def test_topics_that_are_not_listed_are_asked_for_by_name():
    reply = Reply(
        error_code=0,
        resources=[
            resource(2, name, pattern, ("User:a", 3, 3))
            for name, pattern in (("gone", 3), ("hidden", 3), ("listed", 3), ("*", 3), ("pre-", 4))
        ],
    )
    told = Reply(topics=[Reply(name="gone", error_code=3), Reply(name="hidden", error_code=29)])
    wire = Answers(DescribeAcls=reply, Metadata=told)

    async def both():
        return await read_unlisted_topics(wire, await read_acls(wire, NOW), ["listed"], NOW)

    table = asyncio.run(both())

    assert wire.asked["Metadata"] == {"topics": [{"name": "gone"}, {"name": "hidden"}]}
    assert table.rows.values.tolist() == [["gone", False]]
    assert table.errors == {"topic hidden": Missing("not authorised", "Describe on Topic hidden")}


def test_credentials_are_told_without_any_part_of_them():
    infos = [Reply(mechanism=1, iterations=4096), Reply(mechanism=2, iterations=8192)]
    results = [
        Reply(user="a", error_code=0, credential_infos=infos),
        Reply(user="b", error_code=-1, credential_infos=[]),
    ]
    wire = Answers(DescribeUserScramCredentials=Reply(error_code=0, results=results))

    table = asyncio.run(read_scram_users(wire, NOW))

    assert table.rows.values.tolist() == [
        ["a", "SCRAM-SHA-256", 4096],
        ["a", "SCRAM-SHA-512", 8192],
    ]
    assert list(table.errors) == ["user b"]


def test_each_broker_tells_its_loggers_and_one_that_does_not_costs_its_part():
    configs = [Reply(name="root", value="INFO")]
    reply = Reply(results=[Reply(error_code=0, configs=configs)])
    wire = Answers(DescribeConfigs={1: reply, 2: DENIED})

    table = asyncio.run(read_broker_loggers(wire, NOW))

    assert table.rows.values.tolist() == [[1, "root", "INFO"]]
    assert table.errors == {"broker 2": Missing("not authorised", "Describe on Cluster")}
    assert wire.asked["DescribeConfigs"][2]["resources"][0]["resource_name"] == "2"
