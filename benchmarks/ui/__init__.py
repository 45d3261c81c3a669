"""Benchmarks of the web interface: `make bench-ui`."""
