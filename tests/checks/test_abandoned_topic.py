from kdiag.finding import group
from kdiag.sections import Members
from kdiag.snapshot import Missing
from tests.lag_scenes import Part, Scene

FROZEN = Part(lag=9_000, stands=900)
OTHER = {"member_id": "a", "subscription": ("other",), "assignment": (("other", 0),)}
LEFT = Scene([FROZEN] * 3, team=[OTHER])


def test_fires_where_no_member_subscribes_to_the_topic(judge):
    [finding] = judge("abandoned-topic", *LEFT.now(), earlier=LEFT.then()).findings

    assert finding.subject == group("app", "orders")
    assert finding.severity == "info"
    assert "--delete-offsets --group app --topic orders" in finding.actions[0].command


def test_is_silent_where_a_subscription_is_not_known(judge):
    scene = Scene([FROZEN] * 3, team=[OTHER, {"member_id": "b", "subscription": None}])

    assert judge("abandoned-topic", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_silent_for_a_group_without_members(judge):
    scene = Scene([FROZEN] * 3, team=(), state={"state": "Empty"})

    assert judge("abandoned-topic", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_silent_where_the_topic_is_read(judge):
    scene = Scene([Part(lag=6_000, reads=5)] * 3)

    assert judge("abandoned-topic", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_unknown_without_members(judge):
    now = [section for section in LEFT.now() if not isinstance(section, Members)]
    absent = {Members: Missing("not authorised", "Describe on Group app")}

    assert judge("abandoned-topic", *now, earlier=LEFT.then(), absent=absent).status == "unknown"
