"""Unified records: how they are stored, listed, and fed on as changes."""
