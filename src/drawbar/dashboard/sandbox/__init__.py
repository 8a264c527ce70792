"""Pages of the sandbox: its switches, and the consent page of its OAuth."""
