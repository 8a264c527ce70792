"""What the tests stand on: a real database, a fixed cast, a clock that stands still."""
