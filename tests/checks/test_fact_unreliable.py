from kdiag.finding import CLUSTER, broker
from kdiag.sections import Facts, FactsCoverage
from kdiag.snapshot import Missing
from tests.tables import NOW, ago, broker_configs, cluster, facts

LATEST = cluster()


def asked(**statuses):
    """Return what became of facts that brokers 1 and 2 were asked for: fact → their statuses."""
    rows = [
        {
            "target": f"broker {id_}",
            "fact": fact.replace("_", "-"),
            "status": status,
            "reason": "no rule of jmx_exporter keeps it" if status == "absent" else None,
        }
        for fact, told in statuses.items()
        for id_, status in enumerate(told, start=1)
    ]
    return FactsCoverage.from_rows(rows, read_at=NOW)


ALL_READ = asked(isr_shrinks=("read", "read"))


def samples(now, before, starts=(0.0, 0.0)):
    return (
        facts({"broker 1": now | {"start-time": starts[1], "uptime": 110.0}}),
        facts({"broker 1": before | {"start-time": starts[0], "uptime": 100.0}}, at=ago(10)),
    )


SOUND = samples({"isr-shrinks": 4.0, "network-threads-idle": 1.0}, {"isr-shrinks": 4.0})


def test_a_disabled_cleaner_has_no_facts(judge):
    now, then = SOUND
    coverage = asked(cleaner_dead_threads=("absent", "absent"))
    off, on = ({1: {"log.cleaner.enable": value}} for value in ("false", "true"))

    def said(configs):
        given = (now, coverage, LATEST, broker_configs(configs))
        return judge("fact-unreliable", *given, earlier=[then]).status

    assert said(off) == "ok"
    assert said(on) == "problem"


def test_fires_once_for_facts_that_nobody_tells(judge):
    now, then = SOUND
    coverage = asked(isr_shrinks=("absent", "absent"), isr_expands=("absent", "absent"))

    [finding] = judge("fact-unreliable", coverage, now, LATEST, earlier=[then]).findings

    assert finding.subject == CLUSTER
    assert finding.severity == "info"
    assert finding.evidence == {"facts": ["isr-expands", "isr-shrinks"]}
    assert finding.cause == "No rule of jmx_exporter keeps it."


def test_fires_for_a_counter_that_goes_down_while_its_process_lives(judge):
    now, then = samples({"isr-shrinks": 3.0}, {"isr-shrinks": 4.0})

    [finding] = judge("fact-unreliable", ALL_READ, now, LATEST, earlier=[then]).findings

    assert finding.subject == broker(1)
    assert finding.evidence == {"fact": "isr-shrinks", "delta": -1.0}


def test_fires_for_a_value_that_cannot_be(judge):
    now, then = samples({"network-threads-idle": 97.0}, {})

    [finding] = judge("fact-unreliable", ALL_READ, now, LATEST, earlier=[then]).findings

    assert finding.evidence == {"fact": "network-threads-idle", "value": 97.0, "most": 1.0}


def test_is_silent_where_facts_are_sound(judge):
    now, then = SOUND
    coverage = asked(isr_shrinks=("read", "read"), produce_throttle=("quiet", "quiet"))

    assert judge("fact-unreliable", coverage, now, LATEST, earlier=[then]).status == "ok"


def test_a_fact_that_one_broker_tells_is_mapped(judge):
    now, then = SOUND
    coverage = asked(isr_shrinks=("read", "absent"))

    assert judge("fact-unreliable", coverage, now, LATEST, earlier=[then]).status == "ok"


def test_a_fact_that_waits_for_its_event_is_no_fault(judge):
    """An exporter cannot tell a metric that is dropped from one that is not there yet."""
    now, then = SOUND
    coverage = asked(produce_throttle=("absent", "absent"))

    assert judge("fact-unreliable", coverage, now, LATEST, earlier=[then]).status == "ok"


def test_a_fact_that_the_release_does_not_have_is_no_fault(judge):
    now, then = SOUND
    coverage = asked(
        zookeeper_expires=("absent", "absent"),
        unclean_elections=("absent", "absent"),
        producer_ids=("absent", "absent"),
    )

    assert judge("fact-unreliable", coverage, now, LATEST, earlier=[then]).findings[0].evidence == {
        "facts": ["producer-ids"]
    }
    for version in ("3.4", "3.9 or older", None):
        old = cluster(version=version)
        result = judge(
            "fact-unreliable", asked(producer_ids=("absent", "absent")), now, old, earlier=[then]
        )
        assert result.status == "ok"


def test_counters_begin_anew_with_a_process_or_a_topic(judge):
    """The metrics of a topic are removed when its last leader moves away, and made anew."""
    restarted = samples({"isr-shrinks": 0.0}, {"isr-shrinks": 4.0}, starts=(0.0, 900.0))
    topic = ("bytes-rejected", "orders")
    returned = samples({topic: 0.0}, {topic: 900.0})

    for (now, then), status in ((restarted, "unknown"), (returned, "ok")):
        result = judge("fact-unreliable", ALL_READ, now, LATEST, earlier=[then])
        assert result.findings == ()
        assert result.status == status


def test_one_sample_shows_what_is_missing(judge):
    nobody = asked(isr_shrinks=("absent", "absent"))

    assert judge("fact-unreliable", nobody, SOUND[0], LATEST).status == "problem"
    assert judge("fact-unreliable", ALL_READ, SOUND[0], LATEST).status == "unknown"


def test_is_unknown_without_jmx(judge):
    absent = {name: Missing("JMX was not read", "--jmx") for name in (Facts, FactsCoverage)}

    assert judge("fact-unreliable", LATEST, absent=absent).status == "unknown"


def test_facts_of_another_mode_are_not_missed(judge):
    now, then = SOUND
    kraft = asked(metadata_load_errors=("absent", "absent"))
    zookeeper = asked(zookeeper_expires=("absent", "absent"))

    def said(coverage, mode):
        given = (now, coverage, cluster(mode, "3.9"))
        return judge("fact-unreliable", *given, earlier=[then]).status

    assert said(kraft, "kraft") == said(zookeeper, "zookeeper") == "problem"
    assert said(kraft, "zookeeper") == said(zookeeper, "kraft") == "ok"
    assert said(kraft, "migrating") == said(zookeeper, "migrating") == "ok"
