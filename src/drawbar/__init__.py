"""Drawbar: one API for every maintenance and supply system, and an asset platform beside it."""

__version__ = "0.1.0"
