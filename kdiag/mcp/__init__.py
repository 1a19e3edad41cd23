"""The face for agents: the diagnosis as tools of the Model Context Protocol.

reading.py holds one snapshot for several calls, tools.py says what can be asked and asks it,
bounds.py cuts an answer to a size and counts what it left out, server.py speaks the protocol by
its own SDK, web.py lets it be spoken over HTTP. Documents come from kdiag.render, as those of the
command line do. Nothing here reads a cluster: what does is given by the command.
"""
