"""A principal with exactly the grants that `kdiag acl` names sees all; with one less, as predicted.

Two grants are left out, as a broker says nothing where they lack: Describe on topics and on
transactional ids.
"""

import re
import time

import pytest

from kdiag.analysis.least_grants import Grant, least_grants, needed
from kdiag.collect import Limits, collect
from kdiag.diagnose import diagnose
from kdiag.lab import Lab, acls
from kdiag.lab.security import USER
from kdiag.plan import plan
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


@pytest.mark.parametrize("removed", REMOVED)
def test_without_one_exactly_those_checks_are_unknown_that_need_it(granted, full, removed):
    acl = as_acl(UNLOCKED[removed].grant)
    acls.remove(granted, acl)
    time.sleep(1)
    try:
        found = statuses(granted, KIND)
    finally:
        acls.add(granted, acl)

    seen = {check for check, status in full.items() if status in SEEN}
    lost = {check for check in seen if found[check] == "unknown"}
    assert lost == seen & set(UNLOCKED[removed].needed_by)
    assert {check for check in seen - lost if found[check] != full[check]} <= {"missing-permission"}
