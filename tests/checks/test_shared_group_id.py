from kdiag.finding import group
from kdiag.sections import Members
from kdiag.snapshot import Missing
from tests.tables import ago, generation_history, groups, members


def team(*rows):
    return members(
        *(
            {"group": "app", "member_id": str(n), "client_id": client_id, "subscription": topics}
            for n, (client_id, topics) in enumerate(rows)
        )
    )


def settled(seconds):
    return generation_history({"group": "app", "written_at": ago(seconds)})


TWO_APPS = team(
    ("refund-service-0", ("refunds",)),
    ("refund-service-1", ("refunds",)),
    ("label-printer-0", ("labels",)),
)
NO_NAMES = team(("consumer-app-1", ("refunds",)), ("consumer-app-2", ("labels",)))


def test_fires_for_two_kinds_of_client_that_share_no_topic(judge):
    [finding] = judge("shared-group-id", groups({"group": "app"}), TWO_APPS).findings

    assert finding.subject == group("app")
    assert (finding.severity, finding.confidence) == ("warning", "likely")
    assert finding.evidence["kinds"] == [["refunds"], ["labels"]]


def test_is_possible_where_the_names_do_not_differ_but_it_lasts(judge):
    result = judge("shared-group-id", groups({"group": "app"}), NO_NAMES, settled(7_200))

    [finding] = result.findings
    assert finding.confidence == "possible"


def test_is_silent_during_a_deploy_that_reads_another_topic(judge):
    result = judge("shared-group-id", groups({"group": "app"}), NO_NAMES, settled(60))

    assert result.status == "ok"


def test_is_silent_for_a_rolling_deploy_that_adds_a_topic(judge):
    mixed = team(("app-0", ("refunds",)), ("app-1", ("refunds", "labels")))

    assert judge("shared-group-id", groups({"group": "app"}), mixed).status == "ok"


def test_is_silent_for_one_application_with_two_topics(judge):
    alike = team(("app-0", ("refunds", "labels")), ("app-1", ("refunds", "labels")))

    assert judge("shared-group-id", groups({"group": "app"}), alike).status == "ok"


def test_is_silent_for_streams(judge):
    streams = groups({"group": "app", "protocol": "stream"})

    assert judge("shared-group-id", streams, TWO_APPS).status == "ok"


def test_is_silent_where_a_subscription_is_not_known(judge):
    dark = team(("refund-service", ("refunds",)), ("label-printer", None))

    assert judge("shared-group-id", groups({"group": "app"}), dark).status == "ok"


def test_is_unknown_without_members(judge):
    absent = {Members: Missing("not authorised", "Describe on Group app")}

    result = judge("shared-group-id", groups({"group": "app"}), absent=absent)

    assert result.status == "unknown"


OVERLAPPING = team(
    ("billing-0", ("orders", "customers")),
    ("billing-1", ("customers", "orders")),
    ("support-0", ("customers", "tickets")),
)


def test_fires_for_two_applications_that_share_a_topic_and_have_their_own(judge):
    [finding] = judge("shared-group-id", groups({"group": "app"}), OVERLAPPING).findings

    assert finding.confidence == "likely"
    assert finding.evidence["shared_topics"] == ["customers"]
    assert finding.evidence["kinds"] == [["customers", "orders"], ["customers", "tickets"]]
    assert finding.impact.startswith("Each record of customers goes to one kind only")


def test_is_silent_where_one_application_exchanges_a_topic_in_a_deploy(judge):
    deploy = team(("app-0", ("orders", "old")), ("app-1", ("orders", "new")))

    result = judge("shared-group-id", groups({"group": "app"}), deploy, settled(60))

    assert result.status == "ok"


def test_is_silent_for_a_member_that_only_reads_more(judge):
    """Another client id does not make another application of what reads the same, and more."""
    more = team(("worker-0", ("orders",)), ("reporter-0", ("orders", "returns")))

    assert judge("shared-group-id", groups({"group": "app"}), more).status == "ok"
