"""The least grants for a selection of checks, out of what the checks say that they read."""

from kdiag.analysis.grants import Resource
from kdiag.analysis.least_grants import GRANTS, Grant, commands, least_grants
from kdiag.pipeline_sections import PIPELINE_SECTIONS
from kdiag.registry import load_checks
from kdiag.sections import (
    RAW_SECTIONS,
    Brokers,
    Cluster,
    DiskHistory,
    EarlierSamples,
    Expectations,
    Facts,
    FactsCoverage,
    JmxAccess,
    Monitoring,
    StartHistory,
)

REGISTRY = load_checks()
FREE = {
    Brokers,
    Cluster,
    DiskHistory,
    EarlierSamples,
    Expectations,
    Facts,
    FactsCoverage,
    JmxAccess,
    Monitoring,
    StartHistory,
}
"""Sections for which no broker wants a grant: told to everybody, or read elsewhere."""


def of(*ids):
    return least_grants([REGISTRY.get(id_) for id_ in ids])


def test_every_section_either_wants_grants_or_is_known_to_want_none():
    assert set(GRANTS) | FREE | set(PIPELINE_SECTIONS) == set(RAW_SECTIONS)
    assert not set(GRANTS) & (FREE | set(PIPELINE_SECTIONS))


def test_a_grant_says_which_checks_need_it_and_which_it_only_helps():
    found = {
        str(each.grant): (each.needed_by, each.helps) for each in of("weak-scram", "wildcard-acl")
    }

    assert found == {
        "Describe on the cluster": (("weak-scram", "wildcard-acl"), ()),
        "DescribeConfigs on the cluster": ((), ("wildcard-acl",)),
    }


def test_checks_that_ask_no_broker_need_no_grant():
    assert of("open-jmx") == []


def test_no_grant_for_all_checks_allows_to_change_anything():
    operations = {each.grant.operation for each in least_grants(REGISTRY.checks)}

    assert operations == {"Describe", "DescribeConfigs", "Read"}


def test_commands_join_operations_and_leave_out_what_another_allows():
    every, log = Resource("topic", "*"), Resource("topic", "__consumer_offsets")
    grants = [Grant("Describe", every), Grant("DescribeConfigs", every), Grant("Read", log)]

    narrow = commands(grants)
    wide = commands([*grants, Grant("Read", every)])

    assert [line.partition("User:PRINCIPAL ")[2] for line in narrow] == [
        "--operation Describe --operation DescribeConfigs --topic '*'",
        "--operation Read --topic __consumer_offsets",
    ]
    assert [line.partition("User:PRINCIPAL ")[2] for line in wide] == [
        "--operation DescribeConfigs --operation Read --topic '*'"
    ]
