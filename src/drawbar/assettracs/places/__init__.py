"""Where things are: sites and the tree of locations below them."""
