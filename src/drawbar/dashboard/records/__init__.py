"""The records browser."""
