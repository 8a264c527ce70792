"""The unified model: one typed, described class per entity; no I/O."""
