from kdiag.finding import broker
from kdiag.sections import Groups
from kdiag.snapshot import Missing
from tests.tables import brokers, groups, partition_row, partitions

LOG = "__consumer_offsets"
EVEN = partitions(*(partition_row(LOG, n, replicas=(1 + n % 3,)) for n in range(6)))
LEFT = partitions(*(partition_row(LOG, n, replicas=(1,)) for n in range(6)))


def team(**counts):
    rows = [
        {"group": f"group-{id_}-{n}", "coordinator": int(id_[1:])}
        for id_, count in counts.items()
        for n in range(count)
    ]
    return groups(*rows)


def test_fires_where_a_broker_has_more_than_twice_its_share(judge):
    [finding] = judge("coordinator-hotspot", team(b1=80, b2=5, b3=5), brokers(), EVEN).findings

    assert finding.subject == broker(1)
    assert finding.severity == "info"
    assert finding.evidence["groups"] == 80
    assert "happen to hash" in finding.cause


def test_says_where_the_leaders_are_not_spread(judge):
    [finding] = judge("coordinator-hotspot", team(b1=80, b2=5, b3=5), brokers(), LEFT).findings

    assert finding.evidence["led_partitions"] == 6
    assert "Spread the leaders" in finding.actions[0].text


def test_is_silent_where_groups_are_spread(judge):
    assert judge("coordinator-hotspot", team(b1=40, b2=30, b3=30), brokers(), EVEN).status == "ok"


def test_is_silent_for_few_groups(judge):
    assert judge("coordinator-hotspot", team(b1=10, b2=1), brokers(), EVEN).status == "ok"


def test_is_silent_on_one_broker(judge):
    assert judge("coordinator-hotspot", team(b1=100), brokers(1), LEFT).status == "ok"


def test_is_unknown_where_a_broker_did_not_list_its_groups(judge):
    errors = {"__consumer_offsets-3": Missing("timed out")}
    partly = Groups(rows=team(b1=80).rows, errors=errors)

    assert judge("coordinator-hotspot", partly, brokers(), EVEN).status == "unknown"
