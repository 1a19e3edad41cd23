"""Figures as SVG: drawn by matplotlib, coloured by the page that they stand in."""

from kdiag.audit.plots.drawing import svg

__all__ = ["svg"]
