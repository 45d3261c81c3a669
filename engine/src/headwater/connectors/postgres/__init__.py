"""postgres: tables of a PostgreSQL database (14 or newer), as source and as destination."""
