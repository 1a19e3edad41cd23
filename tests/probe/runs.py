"""Runs of the probe on three brokers, as their accounts would be."""

from kdiag.probe.ledger import Ledger
from kdiag.probe.page import ProbePage, broker_rows, moved
from kdiag.probe.placement import Member, Place, Placement
from tests.tables import NOW

DEADLINE = 10
LONG_AFTER = 1000.0


def placed(gone=(), silent=(), leaders=None):
    """Return a partition a broker, each on all three. gone, silent: brokers that are."""
    members = {
        id_: Member(
            f"r{id_}",
            "it is fenced" if id_ in gone else None,
            "it does not answer: timed out" if id_ in silent else None,
        )
        for id_ in (1, 2, 3)
    }
    replicas = ((1, 2, 3), (2, 3, 1), (3, 1, 2))
    led = leaders or (1, 2, 3)
    places = [Place(n, ids, led[n]) for n, ids in enumerate(replicas)]
    return Placement("xk5K0V3TQbW5", members, tuple(places))


def accounts(sent=20, errors=None, lost=0, unread=0, brokers=(1, 2, 3)):
    """Return the accounts of brokers. errors: broker → error of its last record, or of all.

    lost, unread: how many records of broker 1 came to that.
    """
    made = Ledger(DEADLINE, keeps_all=True)
    for broker in brokers:
        error, failing = (errors or {}).get(broker, (None, 0))
        for number in range(sent):
            made.sent(broker - 1, broker)
            if number >= sent - failing:
                made.failed(broker - 1, number, error)
                continue
            made.acknowledged(broker - 1, number, 0.004 + number / 1000, 0.0)
            skipped = broker == 1 and (number < lost or number >= sent - unread)
            if not skipped:
                made.received(broker - 1, number, 0.006 + number / 1000)
    made.settle(LONG_AFTER)
    return made


def page(ledger=None, seen=None, **more):
    """Return a run, whole unless told otherwise."""
    ledger, seen = ledger or accounts(), seen or placed()
    usual = {
        "cluster_id": seen.cluster_id,
        "topic": "kdiag-probe",
        "group": "kdiag-probe",
        "run_id": "a1",
        "started_at": NOW,
        "duration_seconds": 11.25,
        "deadline_seconds": DEADLINE,
        "rows": broker_rows(ledger, seen, LONG_AFTER),
        "moved": moved(seen),
        "committed": 10,
        "failed_commits": {},
        "commit": None,
        "read_errors": {},
        "made": "",
        "made_offsets_topic": False,
        "is_interrupted": False,
    }
    return ProbePage(**usual | more)
