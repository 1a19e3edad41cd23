"""Groups of a lab, as faults need them: made to work first, so that their failure is one."""

from kdiag.lab.clients import group_state
from kdiag.lab.lab import Lab
from kdiag.lab.waiting import wait_until


def wait_committed(lab: Lab, group: str, topic: str, records: int) -> None:
    """Wait until a group has committed so many records of a topic."""

    def has_committed() -> bool:
        return lab.committed(group, topic) >= records

    wait_until(has_committed, f"group {group} has committed {records} records of {topic}", 40)


def wait_state(lab: Lab, group: str, state: str) -> None:
    """Wait until a group is in a state: STABLE, EMPTY and so on."""
    wait_until(lambda: group_state(lab.admin(), group) == state, f"group {group} is {state}", 40)


def remove(lab: Lab, group: str, topic: str) -> None:
    """End the load of a group and its topic, and delete both."""
    lab.end_load(f"producer-{topic}")
    lab.end_load(f"consumer-{group}")
    lab.delete_group(group)
    lab.delete_topic(topic)
