"""What lowering needs to know of an engine's SQL: one object per engine, and one set of functions that writes both."""
