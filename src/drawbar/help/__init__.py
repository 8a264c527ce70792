"""Help on every page: the documentation, its search, and a way to whoever runs this Drawbar."""
