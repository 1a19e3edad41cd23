import yaml


def test_rules_lead_to_the_pages_where_they_are(kdiag):
    text = kdiag("manifests", "rules", "--runbook-url", "https://docs.example/{page}").stdout

    rules = [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]
    urls = {rule["alert"]: rule["annotations"]["runbook_url"] for rule in rules}
    assert urls["KafkaPartitionsOffline"] == "https://docs.example/offline-partition"
    assert urls["KafkaCriticalFinding"] == "https://docs.example/{{ $labels.check }}"


def test_the_resource_of_the_operator_has_a_name(kdiag):
    document = yaml.safe_load(kdiag("manifests", "prometheus-rule").stdout)

    assert document["kind"] == "PrometheusRule"
    assert document["metadata"]["name"] == "kdiag"


def test_an_address_without_a_place_for_the_page_is_one_sentence(kdiag):
    result = kdiag("manifests", "rules", "--runbook-url", "https://docs.example")

    assert result.exit_code == 2
    assert result.stderr == "kdiag: --runbook-url https://docs.example: has no {page} in it\n"


def test_all_of_them_are_written_where_provisioning_looks(kdiag, tmp_path):
    assert kdiag("manifests", "--output-dir", str(tmp_path / "new")).exit_code == 0

    written = {str(path.relative_to(tmp_path / "new")) for path in tmp_path.rglob("*.*")}
    assert {"prometheus/kdiag.rules.yml", "dashboards/kdiag-cluster.json"} <= written


def test_links_of_alerts_lead_to_grafana(kdiag):
    text = kdiag("manifests", "rules", "--grafana-url", "https://grafana.example/").stdout

    assert "dashboard_url: https://grafana.example/d/kdiag-exporter\n" in text


def test_neither_a_kind_nor_a_directory_is_one_sentence(kdiag):
    result = kdiag("manifests")

    assert result.exit_code == 2
    assert result.stderr.startswith("kdiag: give one of rules, prometheus-rule, dashboard-fleet,")
    assert result.stderr.endswith("or --output-dir DIR for all of them\n")


def test_a_directory_that_cannot_be_made_is_one_sentence(kdiag, tmp_path):
    (tmp_path / "taken").write_text("")

    result = kdiag("manifests", "--output-dir", str(tmp_path / "taken" / "x"))

    assert result.exit_code == 2
    assert result.stderr.startswith(f"kdiag: {tmp_path}/taken/x/prometheus: cannot be made: ")
