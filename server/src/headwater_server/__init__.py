"""The server of Headwater: REST API, workers and scheduler over one PostgreSQL database."""
