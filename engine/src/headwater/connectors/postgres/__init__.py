"""postgres: tables of a PostgreSQL database (12 or newer), as source and as destination."""
