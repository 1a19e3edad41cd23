"""Questions before a change: what would break if it were made now.

A change is a section beside those that were read (Departure); rules are checks that read it, under
the ids that doctor uses for what they foresee. So the engine judges them as it judges all checks:
what could not be read is unknown, never safe.
"""
