"""Drawbar: one API for every maintenance and supply system, and an asset platform beside it."""
