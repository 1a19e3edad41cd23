"""The chapters, in the order in which they are read; each is a function of what was seen."""

from kdiag.audit.blocks import Chapter
from kdiag.audit.chapters.capacity import capacity
from kdiag.audit.chapters.clients import clients
from kdiag.audit.chapters.controls import controls
from kdiag.audit.chapters.coverage import coverage
from kdiag.audit.chapters.drift import drift
from kdiag.audit.chapters.durability import durability
from kdiag.audit.chapters.findings import findings
from kdiag.audit.chapters.glossary import glossary
from kdiag.audit.chapters.groups import groups
from kdiag.audit.chapters.next import breaks_next
from kdiag.audit.chapters.pipelines import pipelines
from kdiag.audit.chapters.security import security
from kdiag.audit.chapters.waivers import waivers
from kdiag.audit.seen import Seen

_CHAPTERS = (
    breaks_next,
    findings,
    groups,
    capacity,
    durability,
    pipelines,
    security,
    clients,
    drift,
    controls,
    coverage,
    waivers,
    glossary,
)


def chapters(seen: Seen) -> tuple[Chapter, ...]:
    """Return all chapters but the summary, which looks at earlier audits as well."""
    return tuple(chapter(seen) for chapter in _CHAPTERS)
