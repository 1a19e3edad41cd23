"""The exporter: snapshots in the background, the last one as metrics.

watcher takes the snapshots, seen holds the tables of one, metrics makes families of them,
exposition makes text of these, packed keeps it small, and web serves it. Nothing here prints or
exits.
"""
