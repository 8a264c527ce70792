"""Tenants, and the credits they hold."""
