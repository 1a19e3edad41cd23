"""What a managed service does not offer does not apply to its users; it is no gap to close."""

from kdiag.collect.settled import Filled
from kdiag.finding import NotApplicable
from kdiag.sections import Cluster
from kdiag.services import Service, named
from kdiag.snapshot import Held, Missing, Section
from kdiag.sources.admin.outcome import NEWER_BROKER
from kdiag.sources.jmx import FILLED


def offered(held: Filled) -> Filled:
    """Return the sections with what a recognised service leaves out as not applicable."""
    cluster = held.get(Cluster)
    service = named(cluster.service) if isinstance(cluster, Cluster) else None
    if service is None:
        return held
    return {
        section: _left_out(service, section.__name__, each, is_jmx=section in FILLED)
        for section, each in held.items()
    }


def _left_out(service: Service, section: str, held: Held, *, is_jmx: bool) -> Held:
    if isinstance(held, Section) and held.errors and len(held) == 0:
        absent = next(iter(held.errors.values()))
        return held if not all(map(_is_version, held.errors.values())) else _none(service, absent)
    if not isinstance(held, Missing):
        return held
    if _is_version(held):
        return _none(service, held)
    if section in service.closed:
        return NotApplicable(f"{service.name} does not open it to its users ({held.reason})")
    if is_jmx and not service.has_jmx and held.grant == "--jmx":
        return NotApplicable(f"{service.name} has no JMX")
    return held


def _none(service: Service, held: Missing) -> NotApplicable:
    return NotApplicable(f"{service.name} does not offer it ({held.reason})")


def _is_version(held: Missing) -> bool:
    """Tell whether another release of Kafka is all that would supply it."""
    return held.grant is not None and (
        held.grant == NEWER_BROKER or held.grant.startswith("Kafka ")
    )
