"""Calls: what the API asks a worker, and waits for."""
