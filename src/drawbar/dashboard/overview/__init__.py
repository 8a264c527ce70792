"""The first page: whether all is well, in words and figures."""
