"""Pages of magic links."""
