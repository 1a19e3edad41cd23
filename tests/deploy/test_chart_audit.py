"""The scheduled run of the chart."""

import pytest

from tests.deploy.rendering import AUDIT, CHART, CLUSTERS, ONE, VALUES, only, render, run

pytestmark = pytest.mark.timeout(900)


def test_the_audit_starts_once_and_does_not_repeat_what_another_try_does_not_change(helm):
    job = only(render(helm, {**ONE, **AUDIT}), "CronJob")
    spec = job["spec"]["jobTemplate"]["spec"]

    assert job["spec"]["concurrencyPolicy"] == "Forbid"
    assert spec["template"]["spec"]["restartPolicy"] == "Never"
    assert spec["backoffLimit"] == 1
    actions = {
        code: rule["action"]
        for rule in spec["podFailurePolicy"]["rules"]
        for code in rule.get("onExitCodes", {}).get("values", ())
    }
    assert actions == {2: "FailJob", 10: "FailJob"}
    [name] = {
        rule["onExitCodes"]["containerName"]
        for rule in spec["podFailurePolicy"]["rules"]
        if "onExitCodes" in rule
    }
    assert [each["name"] for each in spec["template"]["spec"]["containers"]] == [name]


def test_there_is_an_audit_for_each_cluster_with_its_own_address_and_folder(helm):
    jobs = [
        each
        for each in render(helm, VALUES["audit of several clusters"])
        if each["kind"] == "CronJob"
    ]
    data = only(render(helm, CLUSTERS), "ConfigMap")["data"]

    found = {}
    for job in jobs:
        [container] = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
        [address] = [each for each in container["env"] if each["name"] == "KDIAG_BOOTSTRAP_SERVER"]
        [folder] = [each for each in container["volumeMounts"] if each["name"] == "data"]
        found[folder["subPath"]] = data[address["valueFrom"]["configMapKeyRef"]["key"]]
    assert found == {"billing": "b1:9092", "orders": "o1:9093,o2:9093"}


def test_a_name_that_is_too_long_for_a_cron_job_is_said(helm):
    clusters = {"clusters": {"c" * 40: {"bootstrapServer": "b:9092"}}, "audit": {"enabled": True}}
    done = run(helm, "template", "production", str(CHART), "--kube-version=1.37", values=clusters)

    assert done.returncode != 0
    assert "more than 52 characters; set fullnameOverride" in done.stderr
