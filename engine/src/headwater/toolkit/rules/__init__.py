"""Rules over rows and over sets of rows: what `schema` and `quality` share."""
