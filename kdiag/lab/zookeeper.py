"""ZooKeeper of a lab, for releases that keep their metadata there."""

import socket

from kdiag.lab.plan import HOST, ZOOKEEPER, Node

MAIN = "org.apache.zookeeper.server.quorum.QuorumPeerMain"
"""Main class of the server; one without peers stands alone."""


def serves(node: Node) -> bool:
    """Tell whether it serves: its port opens earlier, and then it says that it does not."""
    try:
        with socket.create_connection((HOST, node.ports[ZOOKEEPER]), timeout=2) as asked:
            asked.sendall(b"srvr")
            with asked.makefile("rb") as answer:
                return b"Mode:" in answer.read()
    except OSError:
        return False
