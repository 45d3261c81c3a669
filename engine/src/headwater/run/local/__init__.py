"""The local engine: one process, Arrow record batches streamed through DuckDB in bounded memory."""
