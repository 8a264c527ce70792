"""Pages of the request log."""
