"""The audit: a report for people, in chapters, out of one snapshot and one diagnosis."""
