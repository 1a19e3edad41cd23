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
