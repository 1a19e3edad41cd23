import pytest

from kdiag.finding import broker
from kdiag.sections import Facts
from kdiag.snapshot import Missing
from tests.tables import ago, broker_configs, cluster, facts

PHASES = ("queue", "local", "remote", "response-queue", "send")


def spent(count, **seconds):
    """Return so many produce requests since the start, and the mean time of each phase."""
    given = {name.replace("_", "-"): value for name, value in seconds.items()}
    means = {"total": sum(given.values()), **{name: given.get(name, 0.0) for name in PHASES}}
    return {
        (f"request-{name}-{what}", "Produce"): value
        for name, mean in means.items()
        for what, value in (("mean", mean), ("count", count))
    }


def samples(idle_seconds, requests=None, requests_before=None, starts=(0.0, 0.0)):
    """Return two samples, ten seconds apart, in which handlers were idle for so long."""
    told = {"start-time": starts[1], "request-handlers-idle": 500 + idle_seconds}
    then = {"start-time": starts[0], "request-handlers-idle": 500.0}
    return (
        facts({"broker 1": told | (requests or {})}),
        facts({"broker 1": then | (requests_before or {})}, at=ago(10)),
    )


@pytest.mark.parametrize(("idle", "severity"), [(2.0, "warning"), (0.5, "critical")])
def test_fires_by_the_idle_time_between_the_samples(judge, idle, severity):
    now, then = samples(idle)
    has = broker_configs({1: {"num.io.threads": "12"}})

    [finding] = judge("request-handlers-saturated", now, has, earlier=[then]).findings

    assert finding.subject == broker(1)
    assert finding.severity == severity
    assert finding.evidence["idle_ratio"] == idle / 10
    assert finding.actions[1].command.endswith("--entity-name 1 --add-config num.io.threads=24")


def test_names_the_phase_that_dominates_in_the_window_and_not_since_the_start(judge):
    """A year of requests waited in the queue; those of the last ten seconds wait for the log."""
    now, then = samples(0.5, spent(2_000, queue=0.05, local=0.15), spent(1_000, queue=0.1))

    [finding] = judge("request-handlers-saturated", now, earlier=[then]).findings

    assert finding.evidence["dominating_phase"] == "local"
    assert finding.evidence["local_seconds"] == pytest.approx(0.3)
    assert finding.evidence["queue_seconds"] == pytest.approx(0.0)
    assert finding.cause.startswith("A Produce request takes 300.0 ms.")


def test_is_silent_where_handlers_have_time(judge):
    now, then = samples(6.0)

    assert judge("request-handlers-saturated", now, earlier=[then]).status == "ok"


def test_is_unknown_where_the_broker_restarted_in_between(judge):
    """Its counter began anew, so it seems to go down."""
    now, then = samples(-490.0, starts=(0.0, 1_000.0))

    assert judge("request-handlers-saturated", now, earlier=[then]).status == "unknown"


def test_is_unknown_without_jmx_and_with_one_sample(judge):
    now, _ = samples(6.0)
    absent = {Facts: Missing("JMX was not read", "--jmx")}

    assert judge("request-handlers-saturated", absent=absent).status == "unknown"
    assert judge("request-handlers-saturated", now).status == "unknown"


def test_a_broker_that_could_not_be_asked_is_told(judge):
    _, then = samples(6.0)
    partial = facts(
        {"broker 1": {"start-time": 0.0, "request-handlers-idle": 506.0}},
        errors={"broker 2": Missing("JMX did not answer within 5 s")},
    )

    result = judge("request-handlers-saturated", partial, earlier=[then])

    assert result.status == "unknown"
    assert result.unseen == ("broker 2: JMX did not answer within 5 s",)


@pytest.mark.parametrize(("own", "status"), [(None, "unknown"), (0.5, "problem"), (9.0, "ok")])
def test_a_combined_process_hides_one_pool_behind_the_other(judge, own, status):
    """Ten seconds idle in ten: the handlers of the controller, which has nothing to do."""

    def told(idle, mine, at):
        pools = {"request-handlers-idle": idle, "active-controllers": 1, "start-time": 0}
        more = {} if own is None else {"broker-handlers-idle": mine}
        return facts({"broker 1": pools | more}, at=at)

    now, then = told(510, 100 + (own or 0), ago(0)), told(500, 100, ago(10))

    assert judge("request-handlers-saturated", now, earlier=[then]).status == status


@pytest.mark.parametrize(("mode", "status"), [("kraft", "unknown"), ("zookeeper", "ok")])
def test_a_broker_that_may_become_the_controller_has_one_pool_with_zookeeper(judge, mode, status):
    """There each broker counts controllers, and none is a controller with handlers of its own."""
    counts = {"active-controllers": 1.0}
    now, then = samples(6.0, counts, counts)

    result = judge("request-handlers-saturated", now, cluster(mode, "3.9"), earlier=[then])

    assert result.status == status
