"""The ground every package stands on; it knows no business words."""
