"""My work today: what is due, what must not be used, where compliance stands."""
