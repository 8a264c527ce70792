"""Settings of the platform: its API keys, and the way to what is set up once."""
