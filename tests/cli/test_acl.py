"""`kdiag acl`: commands for whoever keeps the ACLs, and what each grant is for."""

import json

import pytest


def test_commands_name_the_principal_and_the_cluster(kdiag):
    result = kdiag(
        "acl", "--only", "weak-scram", "--principal", "User:it's me", "--bootstrap-server", "a:1"
    )

    assert result.exit_code == 0
    assert result.stdout == (
        "kafka-acls.sh --bootstrap-server a:1 --add --allow-principal 'User:it'\"'\"'s me' "
        "--operation Describe --cluster\n\n"
        "Describe on the cluster\n  needed by: weak-scram\n"
    )


def test_reading_records_is_said_where_it_is_asked_for(kdiag):
    assert "lets the principal read records" in kdiag("acl").stdout
    assert (
        "read records"
        not in kdiag("acl", "--skip", "transactions,lag,disk,topics,pipelines,itself").stdout
    )


def test_json_has_commands_and_grants(kdiag):
    document = json.loads(kdiag("acl", "--only", "weak-scram", "-o", "json").stdout)

    assert document["schema_version"] == 1
    assert len(document["commands"]) == 1
    assert document["grants"] == [
        {
            "operation": "Describe",
            "resource": "cluster",
            "name": None,
            "needed_by": ["weak-scram"],
            "helps": [],
        }
    ]


def test_checks_without_any_grant_say_so(kdiag):
    assert kdiag("acl", "--only", "open-jmx").stdout == "These checks need no grant.\n"


@pytest.mark.parametrize("principal", ["bob", "User:", "User:a\nb", ""])
def test_what_is_no_principal_is_refused_in_one_sentence(kdiag, principal):
    result = kdiag("acl", "--principal", principal)

    assert result.exit_code == 2
    assert "write it as User:NAME" in result.stderr
