from kdiag.finding import Subject
from kdiag.pipeline_sections import ConnectPlugins
from kdiag.snapshot import Missing
from tests.connect_tables import OTHER, URL, configs, plugins, workers

SINK = "io.confluent.connect.s3.S3SinkConnector"


def test_other_versions_on_another_worker_are_found(judge):
    skewed = plugins((URL, SINK, "10.0"), (OTHER, SINK, "10.1"))

    [finding] = judge("connect-plugin-skew", skewed, workers(URL, OTHER)).findings

    assert finding.subject == Subject.of("worker", url=URL)
    assert finding.severity == "info"
    assert (finding.evidence["versions"], finding.evidence["usual"]) == (("10.0",), ("10.1",))


def test_one_that_is_used_and_missing_elsewhere_is_a_warning(judge):
    skewed = plugins(
        (URL, SINK, "10.0"), (OTHER, "io.debezium.Other", "1"), (URL, "io.debezium.Other", "1")
    )
    used = configs({"s3": {"connector.class": SINK}})

    [finding] = judge("connect-plugin-skew", skewed, workers(URL, OTHER), used).findings

    assert finding.severity == "warning"
    assert finding.subject == Subject.of("worker", url=OTHER)
    assert f"has no plug-in {SINK}" in finding.symptom


def test_one_without_a_version_is_too_old_for_its_worker(judge):
    unfit = plugins((URL, "org.apache.kafka.connect.file.FileStreamSinkConnector", None))

    [finding] = judge("connect-plugin-skew", unfit, workers(URL)).findings

    assert (finding.severity, finding.confidence) == ("warning", "likely")
    assert "HTTP 500" in finding.impact


def test_one_worker_against_two_is_the_odd_one(judge):
    third = "http://10.1.0.3:8083"
    skewed = plugins((URL, SINK, "10.0"), (OTHER, SINK, "10.1"), (third, SINK, "10.0"))

    [finding] = judge("connect-plugin-skew", skewed, workers(URL, OTHER, third)).findings

    assert finding.subject == Subject.of("worker", url=OTHER)


def test_is_silent_where_workers_are_alike(judge):
    alike = plugins((URL, SINK, "10.0"), (OTHER, SINK, "10.0"))

    assert judge("connect-plugin-skew", alike, workers(URL, OTHER)).status == "ok"


def test_workers_of_two_clusters_may_differ(judge):
    both = plugins((URL, SINK, "10.0"), (OTHER, SINK, "10.1"))
    apart = workers(URL)
    apart = type(apart)(
        rows=workers(URL, OTHER).rows.assign(connect_cluster=[URL, OTHER]), read_at=apart.read_at
    )

    assert judge("connect-plugin-skew", both, apart).status == "ok"


def test_is_unknown_where_one_worker_did_not_tell(judge):
    dead = {f"worker {OTHER}": Missing("refused", "a token")}
    one = plugins((URL, SINK, "10.0"), errors=dead)

    result = judge("connect-plugin-skew", one, workers(URL, OTHER))

    assert (result.status, result.needs) == ("unknown", "a token")


def test_is_unknown_without_plugins(judge):
    absent = {ConnectPlugins: Missing("refused")}

    assert judge("connect-plugin-skew", workers(URL), absent=absent).status == "unknown"
