"""Maintenance: work orders, and the plans that make them."""
