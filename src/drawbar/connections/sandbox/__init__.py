"""The switches of a sandbox connection: what goes wrong on purpose."""
