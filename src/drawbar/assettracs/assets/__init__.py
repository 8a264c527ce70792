"""The things themselves, by category."""
