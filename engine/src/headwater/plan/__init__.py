"""From what the user wrote to what will run: pure passes over immutable values; no network, no disk."""
