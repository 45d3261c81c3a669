"""Benchmarks of the server: `make bench-server`."""
