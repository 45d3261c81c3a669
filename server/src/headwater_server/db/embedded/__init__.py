"""PostgreSQL from a wheel, as a child of this process, when no database is given."""
