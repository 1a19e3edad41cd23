"""JMX over RMI, by one of two engines: JPype where it is installed, else jmxquery.

JPype (extra `jmx`) holds a Java machine inside of this process and stays connected. jmxquery starts
the `java` of this machine once for each process that is asked.
"""

import importlib.util
from collections.abc import Iterable

from kdiag.facts import Fact
from kdiag.sources.jmx import rmi_jmxquery, rmi_jpype
from kdiag.sources.jmx.endpoints import Access, Endpoint
from kdiag.sources.jmx.told import Told


async def read(endpoint: Endpoint, access: Access, facts: Iterable[Fact], seconds: float) -> Told:
    """Ask for the facts. Raises RequestError and its kin."""
    if importlib.util.find_spec("jpype") is not None:
        return await rmi_jpype.read(endpoint, access, facts, seconds)
    return await rmi_jmxquery.read(endpoint, access, facts, seconds)
