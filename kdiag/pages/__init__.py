"""What people look up all day, as values: pure functions from a snapshot to a page.

A page is to `kdiag lag` or `kdiag group` what a Report is to doctor: text and JSON are rendered
from it alone.
"""
