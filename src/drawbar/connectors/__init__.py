"""Connectors: how to speak to each system; they know neither our database nor the web framework."""
