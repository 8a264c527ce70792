"""The sandbox with sign-in at its own page (OAuth 2) instead of user and password."""
