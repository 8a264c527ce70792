"""A customer's instance of a system: its life, its credentials, its credit cost."""
