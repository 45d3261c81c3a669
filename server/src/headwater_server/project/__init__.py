"""Everything that is configured, as one project file: export, apply, diff."""
