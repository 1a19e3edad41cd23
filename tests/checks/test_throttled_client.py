from dataclasses import replace

from kdiag.finding import Subject, group
from kdiag.sections import ClientQuotas
from kdiag.snapshot import Missing
from tests.lag_scenes import END, Part, Scene
from tests.tables import NOW, facts, partition_row, partitions, replicas

SLOW = Part(lag=6_000, reads=5)
LOGS = partitions(*(partition_row("orders", p, replicas=(p + 1,)) for p in range(3)))
KIBIBYTE_RECORDS = replicas({(p + 1, "orders", p): 1024 * END for p in range(3)})
SCENE = Scene([SLOW] * 3) + LOGS + KIBIBYTE_RECORDS


def quotas(*rows):
    usual = {"key": "consumer_byte_rate", "value": 5_000.0}
    return ClientQuotas.from_rows([{**usual, **row} for row in rows], read_at=NOW)


def diagnose(judge, scene, *rows):
    scene += quotas(*rows)
    return judge("throttled-client", *scene.now(), earlier=scene.then())


def test_fires_where_a_client_that_falls_behind_reads_at_its_quota(judge):
    [finding] = diagnose(judge, SCENE, {"client_id": "client-a"}).findings

    assert finding.subject == Subject.of("client", client_id="client-a")
    assert (finding.severity, finding.confidence) == ("warning", "likely")
    assert finding.evidence["bytes_per_second"] == 5120
    assert finding.covers == {group("app", "orders")}


def test_fires_for_the_quota_of_clients_by_default(judge):
    [finding] = diagnose(judge, SCENE, {"client_id": "<default>"}).findings

    assert "by default" in finding.cause


def test_a_quota_of_its_own_counts_before_the_default(judge):
    rows = [{"client_id": "<default>"}, {"client_id": "client-a", "value": 1e9}]

    assert diagnose(judge, SCENE, *rows).status == "ok"


def test_is_silent_where_the_client_reads_far_less_than_it_may(judge):
    assert diagnose(judge, SCENE, {"client_id": "client-a", "value": 50_000.0}).status == "ok"


def test_is_silent_where_the_group_keeps_up(judge):
    scene = replace(SCENE, parts=[Part(lag=20, writes=5, reads=5)] * 3)

    assert diagnose(judge, scene, {"client_id": "client-a"}).status == "ok"


def test_is_silent_for_quotas_of_users_and_of_producers(judge):
    rows = [{"user": "alice"}, {"client_id": "client-a", "key": "producer_byte_rate"}]

    assert diagnose(judge, SCENE, *rows).status == "ok"


def test_is_silent_without_quotas(judge):
    assert diagnose(judge, SCENE).status == "ok"


def test_is_unknown_without_permission_to_see_quotas(judge):
    absent = {ClientQuotas: Missing("not authorised", "DescribeConfigs on Cluster")}

    result = judge("throttled-client", *SCENE.now(), earlier=SCENE.then(), absent=absent)

    assert result.status == "unknown"
    assert result.needs == "DescribeConfigs on Cluster"


def test_fires_at_half_of_a_small_quota_which_one_fetch_overdraws(judge):
    [finding] = diagnose(judge, SCENE, {"client_id": "client-a", "value": 10_000.0}).findings

    assert finding.evidence["quota_bytes_per_second"] == 10_000


def test_is_silent_at_half_of_a_large_quota(judge):
    large = replicas({(p + 1, "orders", p): 1024**2 * END for p in range(3)})
    scene = Scene([SLOW] * 3) + LOGS + large

    assert diagnose(judge, scene, {"client_id": "client-a", "value": 10e6}).status == "ok"


def test_is_certain_where_the_broker_tells_that_it_delays_the_client(judge):
    scene = SCENE + facts({"broker 1": {("fetch-throttle", None, "client-a"): 0.8}})

    [finding] = diagnose(judge, scene, {"client_id": "client-a"}).findings

    assert finding.confidence == "certain"
    assert finding.evidence["throttle_seconds"] == 0.8
    assert finding.covers == {group("app", "orders")}


def test_fires_for_a_producer_that_a_broker_delays(judge):
    told = {("produce-throttle", "alice", None): 0.4, ("produce-throttle", "bob", None): 0.0}
    scene = replace(SCENE, parts=[Part(lag=20, writes=5, reads=5)] * 3) + facts({"broker 2": told})

    [finding] = diagnose(judge, scene).findings

    assert finding.subject == Subject.of("client", user="alice")
    assert (finding.severity, finding.confidence) == ("warning", "certain")
    assert finding.evidence == {"throttle_seconds": 0.4, "quota": "producer_byte_rate"}
    assert finding.symptom == "Broker 2 delays produce requests of user alice by 0.4 s each."
    assert finding.actions[0].command.endswith("--describe --entity-type users")


def test_asks_for_the_kind_of_quota_that_the_broker_names(judge):
    """With both kinds kafka-configs.sh shows pairs only, and no quota of a client id alone."""
    scene = replace(SCENE, parts=[Part(lag=20, writes=5, reads=5)] * 3)
    for names, kinds in (
        ((None, "client-a"), "--describe --entity-type clients"),
        (("alice", None), "--describe --entity-type users"),
        (("alice", "client-a"), "--describe --entity-type users --entity-type clients"),
    ):
        told = facts({"broker 1": {("produce-throttle", *names): 0.8}})

        [finding] = diagnose(judge, scene + told).findings

        assert finding.actions[0].command.endswith(kinds)


def test_a_delay_that_nobody_feels_is_a_note(judge):
    scene = replace(SCENE, parts=[Part(lag=20, writes=5, reads=5)] * 3)
    scene += facts({"broker 1": {("request-throttle", None, "client-a"): 0.002}})

    [finding] = diagnose(judge, scene).findings

    assert finding.severity == "info"
    assert finding.actions[0].command.endswith("--describe --entity-type clients")


def test_is_silent_where_brokers_delay_nobody(judge):
    scene = replace(SCENE, parts=[Part(lag=20, writes=5, reads=5)] * 3)
    scene += facts({"broker 1": {("fetch-throttle", None, "client-a"): 0.0}})

    assert diagnose(judge, scene, {"client_id": "client-a"}).status == "ok"
