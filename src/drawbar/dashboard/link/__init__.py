"""Pages of the systems one can connect, and the form that connects one."""
