"""Pages of webhook messages and endpoints."""
