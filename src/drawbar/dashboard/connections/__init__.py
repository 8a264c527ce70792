"""Pages of connections: list, one with its live sync, its end."""
