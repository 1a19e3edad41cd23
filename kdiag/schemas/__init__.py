"""Schemas of records: what they say, and whether one can read what another wrote."""
