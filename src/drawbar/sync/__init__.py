"""Bringing a source's rows into records: runs, checkpoints, watermarks, status."""
