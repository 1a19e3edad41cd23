"""The exporter's pages: what they say, who may read them, and the server."""
