"""One installation: start it, watch over it, look at it, back it up."""
