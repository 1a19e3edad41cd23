"""What the image is made of: locked, all that pyproject.toml asks for, and as it was tested."""

import re
import tomllib

import pytest

from tests.deploy.containerfile import ROOT


def pins(name):
    """Return package → version of a file in requirements/; each has a hash."""
    text = (ROOT / "requirements" / name).read_text()
    found = re.findall(r"^([\w.-]+)==(\S+)[^\n]*\\\n\s+--hash=sha256:[0-9a-f]{64}", text, re.M)
    assert len(found) == len(re.findall(r"^[\w.-]+==", text, re.M)) > 0
    return {package.lower(): version for package, version in found}


def asked(requirements):
    return {re.match(r"[\w.-]+", each)[0].lower().replace("_", "-") for each in requirements}


def test_the_image_gets_all_dependencies_and_what_builds_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert asked(project["project"]["dependencies"]) <= set(pins("runtime.txt"))
    assert asked(project["dependency-groups"]["build"]) <= set(pins("build.txt"))


@pytest.mark.parametrize("name", ["runtime.txt", "build.txt"])
def test_it_gets_the_versions_that_the_lab_has(name):
    tested, shipped = pins("lab.txt"), pins(name)
    both = shipped.keys() & tested.keys()

    assert both
    assert {each: shipped[each] for each in both} == {each: tested[each] for each in both}
