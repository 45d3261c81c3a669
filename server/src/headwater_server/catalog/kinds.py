"""How types are titled and grouped. A stranger's type is grouped as other, and titled by its name."""

from __future__ import annotations

from headwater_server.catalog.schemas import ConnectorCategory, ProcessorCategory

TITLES = {
    "anonymize": "Anonymize",
    "bigquery": "BigQuery",
    "clickhouse": "ClickHouse",
    "duckdb": "DuckDB",
    "http": "HTTP API",
    "mongodb": "MongoDB",
    "mssql": "SQL Server",
    "mysql": "MySQL",
    "postgres": "PostgreSQL",
    "rest": "REST API",
    "sql": "SQL",
    "sqlite": "SQLite",
    "sqlserver": "SQL Server",
}
_CONNECTORS: dict[ConnectorCategory, frozenset[str]] = {
    "database": frozenset(
        {"bigquery", "clickhouse", "databricks", "duckdb", "mariadb", "mongodb", "mssql", "mysql", "oracle", "postgres"}
        | {"redshift", "snowflake", "sqlite", "sqlserver", "trino"}
    ),
    "files": frozenset({"azure", "delta", "excel", "files", "ftp", "gcs", "iceberg", "s3", "sftp"}),
    "api": frozenset({"graphql", "http", "kafka", "rest"}),
}
_PROCESSORS: dict[ProcessorCategory, frozenset[str]] = {
    "quality": frozenset({"deduplicate", "quality"}),
    "privacy": frozenset({"anonymize"}),
    "schema": frozenset({"cast", "schema", "select"}),
    "code": frozenset({"python", "sql"}),
}


def title_of(type_name: str) -> str:
    return TITLES.get(type_name) or type_name.replace("_", " ").replace("-", " ").capitalize()


def connector_category(type_name: str) -> ConnectorCategory:
    for category, names in _CONNECTORS.items():
        if type_name in names:
            return category
    return "other"


def processor_category(type_name: str) -> ProcessorCategory:
    for category, names in _PROCESSORS.items():
        if type_name in names:
            return category
    return "transform"
