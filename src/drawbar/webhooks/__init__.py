"""Signed messages to receivers: outbox, endpoints, delivery, attempts, pull feed."""
