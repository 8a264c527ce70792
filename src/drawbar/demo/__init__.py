"""Demo organisations: real airlines and aircraft, and an invented year of care for them."""
