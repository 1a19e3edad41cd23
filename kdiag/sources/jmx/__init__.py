"""JMX in several dialects: one fact model (kdiag.facts), and nothing above knows who answered."""

from kdiag.sources.jmx.endpoints import Access, Endpoint, endpoints
from kdiag.sources.jmx.read import FILLED, read_facts

__all__ = ["FILLED", "Access", "Endpoint", "endpoints", "read_facts"]
