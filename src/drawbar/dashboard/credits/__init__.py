"""The credits page."""
