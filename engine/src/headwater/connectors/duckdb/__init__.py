"""duckdb: tables and views of a DuckDB file, as source and destination."""
