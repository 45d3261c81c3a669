"""Contracts in files: what they say about columns, read from and written to the formats people keep them in."""
