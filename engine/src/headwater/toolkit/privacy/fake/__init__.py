"""Invented people, places and numbers."""
