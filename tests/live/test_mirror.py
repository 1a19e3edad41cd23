"""MirrorMaker 2 between two clusters: a mirror that stands is told, one with an idle source not."""

import pytest

from kdiag.cli.scoring import judge
from kdiag.diagnose import diagnose
from kdiag.lab import FAULTS, LOOKALIKES, Lab
from kdiag.lab.clients import topic_names
from kdiag.lab.detached import status
from kdiag.lab.fault import heal
from kdiag.lab.mirror import HEARTBEATS
from tests.live.seeing import CHECKS, look, seen_of

pytestmark = [pytest.mark.live, pytest.mark.timeout(400)]

IDLE, STALLED = LOOKALIKES["mirror-idle-source"], FAULTS["mirror-stalled"]
SAMPLED = {"sample_seconds": 3}


@pytest.fixture(scope="module")
def lab():
    with Lab(1, services={"mirror"}) as lab:
        yield lab


def test_an_idle_source_is_silent_and_is_a_service_of_the_lab(lab):
    seen = seen_of(lab, [IDLE], **SAMPLED)
    told, names = status(lab.home), topic_names(lab.admin())
    heal(lab, IDLE)

    [asked] = [one for one in seen.report.results if one.check == "mirror-stalled"]
    assert judge(IDLE, seen.report, 0).is_right
    assert asked.status == "ok", asked
    assert told.services == (("mirror", lab.mirror.source.bootstrap),)
    assert told.load_processes == 0
    assert [name for name in names if name.endswith(".heartbeats")] == [HEARTBEATS]


def test_a_mirror_that_is_frozen_or_ended_is_named_and_one_that_goes_on_is_not(lab):
    frozen = seen_of(lab, [STALLED], **SAMPLED)
    heal(lab, STALLED)
    healed = diagnose(look(lab, **SAMPLED), CHECKS, {})
    lab.mirror.service.kill()
    ended = diagnose(look(lab, **SAMPLED), CHECKS, {})

    assert judge(STALLED, frozen.report, 0).is_right
    assert [item.check for item in healed.findings if item.check == "mirror-stalled"] == []
    assert judge(STALLED, ended, 0).is_right
