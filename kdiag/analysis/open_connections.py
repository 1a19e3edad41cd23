"""Who holds the open connections of a broker."""

from kdiag.analysis.facts import rows_of
from kdiag.check import derive
from kdiag.sections import Facts
from kdiag.snapshot import Table


class OpenConnections(Table):
    """One row a broker. number: its open connections, of all listeners."""

    noun = "brokers with connections"
    needs_rows = False
    columns = {"target": "str", "number": "float"}


class ClientConnections(Table):
    """One row a broker, listener and client software. number: its open connections."""

    noun = "kinds of client software"
    needs_rows = False
    columns = {"target": "str", "listener": "str", "software": "str", "number": "float"}


@derive(facts=("connections",))
def open_connections(facts: Facts) -> OpenConnections:
    """Add up network threads and listeners."""
    sums = rows_of(facts, "connections").groupby("target")["value"].sum()
    return OpenConnections.of({"target": sums.index.tolist(), "number": sums.tolist()})


@derive(facts=("client-connections",))
def client_connections(facts: Facts) -> ClientConnections:
    """Add up network threads; software is name and version, as clients tell them (KIP-511)."""
    rows = rows_of(facts, "client-connections")
    software = rows["clientSoftwareName"] + " " + rows["clientSoftwareVersion"]
    keys = ["target", "listener", "software"]
    sums = rows.assign(software=software).groupby(keys, as_index=False)["value"].sum()
    return ClientConnections(rows=sums.rename(columns={"value": "number"}))
