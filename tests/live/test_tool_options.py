"""The recorded options of Kafka's tools are those that the jars print now."""

import pytest

from tests.tool_options import printed, recorded, releases

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]

OLD_AND_NEW = ("3.9.2", "4.4.0")


@pytest.mark.parametrize("release", OLD_AND_NEW)
def test_options_are_those_that_the_tools_print(release):
    assert printed(release) == recorded()[release], "run: python -m tests.tool_options"


def test_every_release_of_the_lab_is_recorded():
    assert set(releases()) == set(recorded()), "run: python -m tests.tool_options"
