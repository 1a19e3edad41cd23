"""Reports by hand: one of a broken cluster, one of a healthy one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kdiag.finding import (
    CLUSTER,
    About,
    Action,
    CheckResult,
    Control,
    Finding,
    Report,
    Reported,
    Verdict,
    Waiver,
    broker,
    group,
    log_dir,
    partition,
)

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BROKERS = [
    {"id": i, "host": f"10.0.0.{i}", "port": 9092, "rack": r} for i, r in enumerate("abc", 1)
]


def objects(check, count):
    return tuple(
        {
            "subject": partition("orders", number).as_dict(),
            "fingerprint": f"{check}-{number}",
            "symptom": "…",
            "evidence": {"in_sync_replicas": 2},
            "actions": (),
        }
        for number in range(count)
    )


def merged(check, count, root=None):
    finding = Finding("warning", CLUSTER, "Out of sync.", "Less spare.", evidence={"n": count})
    return Reported(check, finding, f"f-{check}", objects(check, count), root)


DOWN = Reported(
    "broker-down",
    Finding(
        "critical",
        broker(3),
        "Broker 3 is down: 48 partitions are one failure away from refusing writes.",
        "One more broker down and 48 partitions refuse acks=all writes.",
        cause="Connection refused; all its replicas left the ISR.",
        evidence={"partition_count": 48},
        actions=(
            Action("Look at the service on 10.0.0.3.", "systemctl status kafka"),
            Action("Restart it.", "systemctl restart kafka", "disruptive"),
        ),
        since=START - timedelta(minutes=17),
    ),
    "f-broker-down",
)
DISK = Reported(
    "disk-usage-high",
    Finding(
        "warning",
        log_dir(2, "/var/lib/kafka"),
        "The volume of /var/lib/kafka on broker 2 is 86 % full, 41.0 GiB are left.",
        "At 100 % the broker stops.",
        actions=(
            Action(
                "Find the topics that grew.",
                "kafka-log-dirs.sh --bootstrap-server 10.0.0.1:9092 --describe --broker-list 2 "
                "--topic-list orders",
            ),
        ),
        confidence="likely",
    ),
    "f-disk",
    escalate=True,
)
HINT = Reported("group-empty", Finding("info", group("old"), "Empty.", "None."), "f-hint")
WAIVED = replace(
    HINT,
    check="replication-factor-low",
    fingerprint="f-waived",
    finding=replace(HINT.finding, severity="warning"),
    waiver=Waiver("a test topic", "data team", "2026-12-01"),
)
BROKERS_AREA, DISK_AREA, LAG_AREA = (About(area) for area in ("brokers", "disk", "lag"))
RESULTS = (
    CheckResult(
        "broker-down",
        "problem",
        (DOWN.finding,),
        examined="3 brokers",
        about=About(
            "brokers",
            "Brokers that serve nothing.",
            (Control("soc2", "A1.2", "SOC 2", "A part is not there."),),
        ),
    ),
    CheckResult(
        "disk-usage-high",
        "problem",
        (DISK.finding,),
        unseen=("broker 3: refused",),
        about=DISK_AREA,
    ),
    CheckResult("a", "ok", examined="9 groups", duration_seconds=0.00123456, about=LAG_AREA),
    CheckResult("b", "unknown", reason="no JMX", needs="JMX (--jmx)", about=BROKERS_AREA),
    CheckResult("c", "unknown", reason="no JMX", needs="JMX (--jmx)", about=BROKERS_AREA),
    CheckResult("d", "unknown", reason="denied", needs="Describe on Cluster", about=LAG_AREA),
    CheckResult(
        "e",
        "unknown",
        reason="not seen: topic x (denied)",
        unseen=("broker 3: no",),
        about=LAG_AREA,
    ),
    CheckResult(
        "f", "not_applicable", reason="Connect is not configured", about=About("pipelines")
    ),
)


def broken(**changes):
    report = Report(
        cluster={
            "id": "xk5K0V3TQbW5",
            "name": "fraud-prod",
            "mode": "kraft",
            "version": "4.4",
            "brokers": BROKERS,
        },
        started_at=START,
        duration_seconds=0.912345,
        requests={"Metadata": 1, "ApiVersions": 34},
        errors=(("broker 3", "connection refused"),),
        verdict=Verdict("critical", f"{DOWN.finding.symptom} 1 more finding below."),
        findings=(
            DOWN,
            merged("at-min-isr", 48, "f-broker-down"),
            merged("voter-lagging", 1, "f-broker-down"),
            DISK,
            WAIVED,
            HINT,
        ),
        results=RESULTS,
        bootstrap="10.0.0.1:9092",
        version="0.1.0",
        counts={"topics": 12, "partitions": 144, "groups": 1, "brokers": 3, "unreachable": 1},
    )
    return replace(report, **changes)


def healthy(**changes):
    report = broken(
        errors=(),
        findings=(),
        results=(
            CheckResult("a", "ok"),
            CheckResult("b", "unknown", reason="no JMX", needs="JMX (--jmx)"),
        ),
        verdict=Verdict(
            "healthy", "Nothing is wrong as far as was seen. 1 checks could not be evaluated."
        ),
        counts={"topics": 12, "partitions": 144, "groups": 9, "brokers": 3, "unreachable": 0},
    )
    return replace(report, **changes)


def small(**changes):
    """As broken, with two symptoms, so that every finding can be looked at."""
    findings = (DOWN, merged("at-min-isr", 2, "f-broker-down"), DISK, WAIVED, HINT)
    return broken(findings=findings, **changes)
