"""One rule in a file, flat: its stem is its id, the name of its runbook and of its test."""
