"""Compliance: what is required of which asset, and the certificates that prove it."""
