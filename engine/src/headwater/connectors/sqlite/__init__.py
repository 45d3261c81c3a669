"""sqlite: tables and views of an SQLite file, as source and destination."""
