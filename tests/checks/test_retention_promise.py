from kdiag.finding import log_dir
from kdiag.sections import PastEnds, Replicas
from kdiag.snapshot import Missing
from tests.tables import (
    GIB,
    kept,
    log_dirs,
    offsets,
    past_ends,
    replicas,
    topic_configs,
)

LOG = ("orders", 0)


def scene(hour_ago=None, **settings):
    """A disk of 100 GiB, half in use, 10 GiB of it a partition with 1000 records."""
    return (
        log_dirs({"broker": 1}),
        replicas({(1, *LOG): 10 * GIB}),
        topic_configs({"orders": kept(**settings)}),
        offsets({LOG: 1000}),
        past_ends({LOG: hour_ago}),
    )


def test_fires_where_the_limit_of_size_is_beyond_the_disk(judge):
    [finding] = judge(
        "retention-promise", *scene(retention_ms=-1, retention_bytes=80 * GIB)
    ).findings

    assert finding.subject == log_dir(1, "/data")
    assert finding.severity == "warning"
    assert finding.evidence["promised_bytes"] == 81 * GIB  # and a segment
    assert finding.evidence["room_bytes"] == 60 * GIB  # 40 GiB are not Kafka's
    assert "orders" in finding.cause


def test_fits_where_the_limits_are_below_the_disk(judge):
    result = judge("retention-promise", *scene(retention_ms=-1, retention_bytes=50 * GIB))

    assert result.status == "ok"


def test_a_limit_of_size_that_time_makes_harmless_is_only_a_note(judge):
    [finding] = judge("retention-promise", *scene(retention_bytes=500 * GIB)).findings

    assert finding.severity == "info"
    assert "retention.ms deletes before" in finding.impact


def test_time_alone_promises_what_is_written_in_it(judge):
    """10 MiB a record, 500 in the last hour, for a week."""
    [finding] = judge("retention-promise", *scene(hour_ago=500)).findings

    assert finding.severity == "warning"
    assert finding.evidence["promised_bytes"] > 500 * GIB


def test_a_quiet_topic_without_a_limit_of_size_promises_nothing(judge):
    assert judge("retention-promise", *scene()).status == "ok"


def test_what_stays_local_of_a_tiered_topic_counts(judge):
    tiered = {
        "remote_storage_enable": "true",
        "local_retention_ms": -2,
        "local_retention_bytes": GIB,
    }

    result = judge(
        "retention-promise", *scene(retention_ms=-1, retention_bytes=500 * GIB, **tiered)
    )

    assert result.status == "ok"


def test_compacted_topics_stay_as_they_are(judge):
    settings = {"cleanup_policy": "compact", "retention_bytes": 500 * GIB}

    assert judge("retention-promise", *scene(**settings)).status == "ok"


def test_goes_by_size_where_the_rates_are_not_known(judge):
    *known, _ = scene(retention_bytes=500 * GIB)

    [finding] = judge("retention-promise", *known, absent={PastEnds: Missing("not asked")}).findings

    assert (finding.severity, finding.confidence) == ("warning", "likely")


def test_an_empty_cluster_promises_nothing(judge):
    dirs, *_ = scene()

    result = judge("retention-promise", dirs, replicas({}), topic_configs({}), offsets({}))

    assert result.status == "ok"


def test_is_unknown_without_the_sizes(judge):
    absent = {Replicas: Missing("not authorised", "Describe on Cluster")}
    dirs, _, *rest = scene()

    result = judge("retention-promise", dirs, *rest, absent=absent)

    assert result.status == "unknown"
    assert result.needs == "Describe on Cluster"
