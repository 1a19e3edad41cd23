"""Every flag and variable in charts, units and the compose file is one that the command has."""

import re

import click
import pytest
import yaml

from kdiag.cli import main
from tests.deploy.containerfile import ROOT, command
from tests.deploy.rendering import VALUES, pods, render
from tests.deploy.units import command as unit_command

SECRETS = {"KDIAG_JMX_PASSWORD"}
"""Variables that are no flag."""


def wrong(argv, variables=()):
    """Return what a command does not know of its arguments and of KDIAG_ variables."""
    name, *rest = argv
    found = main.get_command(click.Context(main), name)
    if found is None:
        return [name]
    context = click.Context(found, info_name=name)
    known = {option.envvar for option in found.params} | SECRETS
    unknown = [each for each in variables if each.startswith("KDIAG_") and each not in known]
    try:
        given, *_ = found.make_parser(context).parse_args(list(rest))
    except click.UsageError as error:
        return [*unknown, error.format_message()]
    for option in found.params:
        if option.name in given and "$(" not in str(given[option.name]):
            unknown += _unconvertible(option, given, context)
    return unknown


def _unconvertible(option, given, context):
    """A file need not be there: what is read out of it is another test's."""
    if isinstance(option.type, click.Path):
        return []
    try:
        option.type_cast_value(context, given[option.name])
    except click.UsageError as error:
        return [error.format_message()]
    return []


def test_a_flag_a_value_and_a_variable_that_do_not_exist_are_found():
    assert wrong(["exporter", "--web.listen-adress=:1"])
    assert wrong(["exporter", "--granularity=member"])
    assert wrong(["exporter", "--interval", "often"])
    assert wrong(["exporter"], ["KDIAG_BOOTSTRAP_SERVERS"]) == ["KDIAG_BOOTSTRAP_SERVERS"]
    assert wrong(["exportr"])
    assert not wrong(["exporter", "--interval", "10"], ["KDIAG_BOOTSTRAP_SERVER", "PATH"])


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", VALUES)
def test_the_chart_gives_only_what_there_is(helm, name):
    found = pods(render(helm, VALUES[name]))

    assert found
    for pod in found:
        [container] = pod["spec"]["containers"]
        variables = [each["name"] for each in container["env"]]
        assert not wrong(container["args"], variables)


@pytest.mark.parametrize("unit", ["kdiag-exporter.service", "kdiag-audit.service"])
def test_units_give_only_what_there_is(unit):
    program, *argv = unit_command(unit)

    assert program == "/opt/kdiag/bin/kdiag"
    assert not wrong(argv)


def test_the_compose_file_and_the_image_give_only_what_there_is():
    compose = yaml.safe_load((ROOT / "deploy/compose/compose.yaml").read_text())
    service = compose["services"]["kdiag"]

    assert not wrong(service["command"], service["environment"])
    assert not wrong(command())


def test_the_readme_gives_only_what_there_is():
    text = (ROOT / "deploy/README.md").read_text()
    lines = re.findall(r"^\$ docker run .* kdiag:\S+ (.+)$", text, re.MULTILINE)

    assert lines
    for line in lines:
        assert not wrong(line.split())
