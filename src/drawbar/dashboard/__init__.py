"""Pages that span packages: the hub's dashboard, and the frame around every page."""
