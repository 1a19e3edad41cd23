"""Findings that somebody accepts for a while: the file that says so, and what it applies to."""
