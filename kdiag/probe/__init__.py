"""An end-to-end check: records through every broker and back, commits among them.

The only part of kdiag that writes, and only where it is told to: records to a topic of its own,
that it creates if asked, and committed offsets of a group of its own. It uses confluent-kafka for
that; what it knows of the cluster comes from snapshots, as everywhere else.
"""
