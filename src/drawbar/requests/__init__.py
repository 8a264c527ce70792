"""The request log: what programs asked of the APIs and what they were answered."""
