"""Settings of the server, read once at the start."""
