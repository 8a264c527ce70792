"""Marks on things, and the scans that read them."""
