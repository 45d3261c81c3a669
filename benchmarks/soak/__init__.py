"""The soak: mixed pipelines for an hour, in one process and as repeated commands; nothing may grow."""
