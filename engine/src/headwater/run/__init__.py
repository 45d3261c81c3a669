"""A plan becomes rows: engines, commits, quarantine, events and the report."""
