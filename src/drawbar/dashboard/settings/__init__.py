"""The hub's settings: applications."""
