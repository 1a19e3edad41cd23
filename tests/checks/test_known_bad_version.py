from dataclasses import replace
from datetime import UTC, datetime

from kdiag.releases import releases
from kdiag.sections import BrokerConfigs
from kdiag.snapshot import Missing
from tests.checks.secured import listener_row, listeners
from tests.tables import broker_configs, cluster, partition_row, partitions

ID = "known-bad-version"
AFTER = datetime(2026, 11, 26, tzinfo=UTC)
KRAFT = {"metadata.version": (1, 20, 20)}
PLAIN = {
    "sasl.enabled.mechanisms": "GSSAPI",
    "sasl.oauthbearer.jwt.validator.class": "org.apache.kafka.DefaultJwtValidator",
}
OVER_TLS, CLEAR = listeners(listener_row(1)), listeners(listener_row(1, protocol="SASL_PLAINTEXT"))
HEALTHY = partitions(partition_row("orders"))


def of(version, mode="kraft"):
    return replace(cluster(mode, version, features=KRAFT), read_at=AFTER)


def settings(**more):
    return broker_configs({1: {**PLAIN, **{k.replace("_", "."): v for k, v in more.items()}}})


def ids(finding):
    return [bug["id"] for bug in finding.evidence["bugs"]]


def test_fires_where_every_patch_of_the_release_has_the_bug(judge):
    [finding] = judge(ID, of("3.4"), HEALTHY, OVER_TLS, settings()).findings

    assert finding.severity == "warning"
    assert finding.confidence == "certain"
    assert ids(finding) == ["CVE-2023-34455"]
    assert f"(table of {releases().as_of})" in finding.symptom


def test_a_patch_with_the_fix_makes_it_a_note(judge):
    exposed = settings(sasl_enabled_mechanisms="PLAIN,OAUTHBEARER")

    [finding] = judge(ID, of("4.1"), HEALTHY, OVER_TLS, exposed).findings

    assert finding.severity == "info"
    assert finding.confidence == "possible"
    [bug] = finding.evidence["bugs"]
    assert bug["versions_with_it"] == ["4.1.0", "4.1.1"]
    assert bug["versions_without_it"] == ["4.1.2"]
    assert "The brokers do not tell their patch release" in finding.cause


def test_who_is_not_exposed_has_no_finding(judge):
    """The release has the bug; OAUTHBEARER is off."""
    assert judge(ID, of("4.1"), HEALTHY, OVER_TLS, settings()).status == "ok"


def test_a_validator_that_checks_is_no_exposure(judge):
    safe = settings(
        sasl_enabled_mechanisms="OAUTHBEARER",
        sasl_oauthbearer_jwt_validator_class="org.apache.kafka.BrokerJwtValidator",
    )

    assert judge(ID, of("4.1"), HEALTHY, OVER_TLS, safe).status == "ok"


def test_scram_counts_only_without_tls(judge):
    scram = settings(sasl_enabled_mechanisms="SCRAM-SHA-512")

    [finding] = judge(ID, of("3.8"), HEALTHY, CLEAR, scram).findings
    assert ids(finding) == ["CVE-2024-56128"]
    assert judge(ID, of("3.8"), HEALTHY, OVER_TLS, scram).status == "ok"


def test_mechanisms_of_a_listener_that_no_broker_returns_are_unknown(judge):
    """Before 4.4 these keys count as sensitive: their values come back empty."""
    own = broker_configs({1: {**PLAIN, "listener.name.clients.sasl.enabled.mechanisms": None}})

    result = judge(ID, of("4.1"), HEALTHY, OVER_TLS, own)

    assert result.status == "unknown"
    assert "listener.name.clients.sasl.enabled.mechanisms" in result.reason


def test_mechanisms_of_a_listener_that_a_broker_returns_count(judge):
    own = "listener.name.clients.sasl.enabled.mechanisms"
    told = broker_configs({1: {**PLAIN, own: "OAUTHBEARER"}})

    [finding] = judge(ID, of("4.1"), HEALTHY, OVER_TLS, told).findings

    assert "listener CLIENTS takes OAUTHBEARER" in str(finding.evidence)


def test_a_validator_that_is_not_told_is_unknown(judge):
    untold = settings(
        sasl_enabled_mechanisms="OAUTHBEARER", sasl_oauthbearer_jwt_validator_class=None
    )

    result = judge(ID, of("4.1"), HEALTHY, OVER_TLS, untold)

    assert result.status == "unknown"
    assert "jwt.validator.class" in result.reason


def test_a_migration_and_a_lost_isr_are_exposure_and_symptom(judge):
    lost = partitions(partition_row("orders", isr=()))

    [finding] = judge(ID, of("3.5", "migrating"), lost, OVER_TLS, settings()).findings

    assert {"CVE-2024-27309", "KAFKA-15353"} <= set(ids(finding))
    assert judge(ID, of("3.6"), lost, OVER_TLS, settings()).status == "ok"


def test_is_unknown_where_the_settings_that_tell_were_not_read(judge):
    absent = {BrokerConfigs: Missing("denied", "DescribeConfigs on Cluster")}

    result = judge(ID, of("4.1"), HEALTHY, absent=absent)

    assert result.status == "unknown"
    assert "CVE-2026-33557" in result.reason


def test_every_row_of_the_table_has_a_source_and_a_fix_that_is_not_affected():
    table = releases()

    for bug in table.bugs:
        assert bug.source.startswith("https://")
        fixed = [tuple(map(int, each.split("."))) for each in bug.fixed_in]
        assert fixed
        assert not any(bug.affects(version) for version in fixed)
        assert any(bug.affects(v) for each in table.releases.values() for v in each.patches)


def test_releases_end_after_they_came():
    assert all(
        each.ended is None or each.released < each.ended for each in releases().releases.values()
    )
