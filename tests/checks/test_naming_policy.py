from kdiag.finding import topic
from kdiag.sections import Topics
from kdiag.snapshot import Missing
from tests.tables import topics

RULE = r"[a-z0-9-]+\.[a-z0-9-]+\.[a-z0-9-]+"


def test_is_off_until_a_rule_is_given(judge):
    result = judge("naming-policy", topics({"topic": "Orders"}))

    assert result.status == "not_applicable"
    assert "topics_regex" in result.reason


def test_fires_for_each_topic_outside_the_rule(judge):
    named = topics({"topic": "sales.order.created"}, {"topic": "Orders"}, {"topic": "a.b.c.d"})

    result = judge("naming-policy", named, topics_regex=RULE)

    assert [finding.subject for finding in result.findings] == [topic("Orders"), topic("a.b.c.d")]
    assert result.findings[0].severity == "info"


def test_is_silent_where_all_fit(judge):
    named = topics({"topic": "sales.order.created"})

    assert judge("naming-policy", named, topics_regex=RULE).status == "ok"


def test_topics_that_others_name_are_left_out(judge):
    named = topics(
        {"topic": "__consumer_offsets", "is_internal": True},
        {"topic": "_schemas"},
        {"topic": "connect-configs"},
        {"topic": "app-store-changelog"},
    )

    assert judge("naming-policy", named, topics_regex=RULE).status == "ok"


def test_names_can_be_exempted(judge):
    named = topics({"topic": "legacy_orders"})

    result = judge("naming-policy", named, topics_regex=RULE, exempt_regex="^legacy_")

    assert result.status == "ok"


def test_is_unknown_without_the_topics(judge):
    result = judge(
        "naming-policy", absent={Topics: Missing("timed out after 5 s")}, topics_regex=RULE
    )

    assert result.status == "unknown"
