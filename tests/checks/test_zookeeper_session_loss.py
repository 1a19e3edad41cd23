from kdiag.finding import broker
from kdiag.sections import Facts
from kdiag.snapshot import Missing
from tests.tables import ago, cluster, facts

ZOOKEEPER = cluster("zookeeper", "3.6")


def samples(expires=0.0, disconnects=0.0, starts=(0.0, 0.0)):
    """Return two samples of a broker that lost two sessions long ago."""
    then = {"zookeeper-expires": 2.0, "zookeeper-disconnects": 5.0, "uptime": 5000.0}
    now = {"zookeeper-expires": 2 + expires, "zookeeper-disconnects": 5 + disconnects}
    return (
        facts({"broker 1": now | {"start-time": starts[1], "uptime": 5010.0}}),
        facts({"broker 1": then | {"start-time": starts[0]}}, at=ago(10)),
    )


def test_fires_where_a_session_expired_between_the_samples(judge):
    now, then = samples(expires=1, disconnects=1)

    [finding] = judge("zookeeper-session-loss", now, ZOOKEEPER, earlier=[then]).findings

    assert finding.subject == broker(1)
    assert finding.severity == "warning"
    assert finding.evidence == {"expiries": 1, "disconnects": 1, "window_seconds": 10.0}


def test_a_mere_disconnect_is_silent(judge):
    """A server of ZooKeeper restarts; the session goes on with another one."""
    now, then = samples(disconnects=3)

    assert judge("zookeeper-session-loss", now, ZOOKEEPER, earlier=[then]).status == "ok"


def test_sessions_lost_long_ago_are_silent(judge):
    now, then = samples()

    assert judge("zookeeper-session-loss", now, ZOOKEEPER, earlier=[then]).status == "ok"


def test_does_not_apply_with_kraft(judge):
    now = facts({"broker 1": {"uptime": 10.0}})

    assert judge("zookeeper-session-loss", now, cluster()).status == "not_applicable"
    absent = {Facts: Missing("JMX was not read", "--jmx")}
    assert judge("zookeeper-session-loss", cluster(), absent=absent).status == "not_applicable"


def test_a_cluster_that_migrates_still_has_sessions(judge):
    now, then = samples(expires=1)

    result = judge("zookeeper-session-loss", now, cluster("migrating", "3.9"), earlier=[then])

    assert len(result.findings) == 1


def test_is_unknown_with_one_sample_without_jmx_and_across_a_restart(judge):
    now, then = samples(expires=1, starts=(0.0, 4000.0))
    absent = {Facts: Missing("JMX was not read", "--jmx")}

    assert judge("zookeeper-session-loss", samples()[0], ZOOKEEPER).status == "unknown"
    assert judge("zookeeper-session-loss", ZOOKEEPER, absent=absent).status == "unknown"
    assert judge("zookeeper-session-loss", now, ZOOKEEPER, earlier=[then]).status == "unknown"
