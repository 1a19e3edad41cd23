"""A principal with exactly the grants that `kdiag acl` names sees all; with one less, as predicted.

Read on topics implies Describe on them (AclAuthorizer): these are removed at once. Describe
on transactional ids is left out: brokers say less only where a transaction is open.
"""

import re
import time
from contextlib import contextmanager

import pytest

from kdiag.analysis.least_grants import Grant, least_grants, needed
from kdiag.collect import Limits, collect
from kdiag.diagnose import diagnose
from kdiag.lab import Lab, acls
from kdiag.lab.security import USER
from kdiag.plan import plan
from kdiag.preflight.restart import Restart, judged, restart_plan
from kdiag.registry import load_checks
from kdiag.wire.settings import read_settings

pytestmark = [pytest.mark.live, pytest.mark.timeout(400)]

CHECKS = load_checks().checks
UNLOCKED = {str(each.grant): each for each in least_grants(CHECKS)}
LEAST = needed([each.grant for each in UNLOCKED.values()])
REMOVED = (
    "Describe on all groups",
    "Describe on the cluster",
    "DescribeConfigs on all topics",
    "DescribeConfigs on the cluster",
)
TOPICS = (
    "Describe on all topics",
    "Read on all topics",
    "Read on topic __consumer_offsets",
    "Read on topic __transaction_state",
)
TOLD_BY_OTHERS = {
    "shared-group-id",
    "uneven-assignment",
    "eager-assignor",
    "mixed-protocol-group",
    "dangling-acl",
}
"""Checks of topics that classic groups name themselves, and of ACLs."""
KIND = "scram_sha_256"
SEEN = ("ok", "problem")


def as_acl(grant: Grant) -> acls.Acl:
    operation = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", grant.operation).upper()
    kind = grant.resource.kind.replace(" ", "-")
    return acls.Acl(f"User:{USER}", operation, kind, grant.resource.name)


def statuses(lab, kind="plaintext"):
    settings = read_settings(lab.client_properties(kind))
    limits = Limits(sample_seconds=0, request_timeout_seconds=15)
    snapshot = collect(plan(CHECKS), lab.bootstrap_of(kind), settings, limits)
    return {result.check: result.status for result in diagnose(snapshot, CHECKS, {}).results}


@pytest.fixture(scope="module")
def granted():
    with Lab(1, **acls.SECURED) as lab:
        lab.create_topic("orders")
        lab.produce("orders", 30)
        lab.start_consumer("billing", "orders", commit_every_seconds=1)
        acls.add(lab, *map(as_acl, LEAST))
        time.sleep(5)
        yield lab


@pytest.fixture(scope="module")
def full(granted):
    return statuses(granted, KIND)


def test_with_exactly_these_grants_all_is_seen_that_a_super_user_sees(granted, full):
    assert full == statuses(granted)


@contextmanager
def removed_from(granted, names):
    """Remove some grants, and give back those that were there."""
    gone = [as_acl(UNLOCKED[name].grant) for name in names]
    for acl in gone:
        acls.remove(granted, acl)
    time.sleep(1)
    try:
        yield
    finally:
        acls.add(granted, *(acl for acl in gone if acl in map(as_acl, LEAST)))


def without(granted, names):
    """Return the statuses once these grants are gone."""
    with removed_from(granted, names):
        return statuses(granted, KIND)


@pytest.mark.parametrize("removed", REMOVED)
def test_without_one_exactly_those_checks_are_unknown_that_need_it(granted, full, removed):
    found = without(granted, [removed])

    seen = {check for check, status in full.items() if status in SEEN}
    lost = {check for check in seen if found[check] == "unknown"}
    assert lost == seen & set(UNLOCKED[removed].needed_by)
    assert {check for check in seen - lost if found[check] != full[check]} <= {"missing-permission"}


def test_topics_that_brokers_leave_out_without_a_word_are_missed_all_the_same(granted, full):
    found = without(granted, TOPICS)

    seen = {check for check, status in full.items() if status in SEEN}
    lost = {check for check in seen if found[check] == "unknown"}
    assert lost == seen & {c for name in TOPICS for c in UNLOCKED[name].needed_by} - TOLD_BY_OTHERS
    assert found["missing-permission"] == "problem"
    assert {check for check in seen - lost if found[check] != full[check]} == {"missing-permission"}


def test_no_restart_is_called_safe_where_topics_are_hidden(granted):
    settings = read_settings(granted.client_properties(KIND))

    with removed_from(granted, TOPICS):
        snapshot = collect(restart_plan(), granted.bootstrap_of(KIND), settings)

    results = judged(snapshot, Restart(broker=1)).results
    unknown = {result.check for result in results if result.status == "unknown"}
    assert {"offline-partition", "under-min-isr"} <= unknown


def test_who_sees_no_topic_at_all_hears_so_and_not_that_there_are_none(granted, full):
    found = without(granted, (*TOPICS, "Describe on the cluster"))

    about_topics = set(UNLOCKED["Describe on all topics"].needed_by) - TOLD_BY_OTHERS
    assert {found[check] for check in about_topics if full[check] in SEEN} == {"unknown"}
