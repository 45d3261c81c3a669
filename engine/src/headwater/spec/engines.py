"""Where a pipeline is computed: in this process, on Spark, or as a Databricks job."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from headwater.sdk.config import Secret
from headwater.spec.base import SpecModel, Text
from headwater.spec.quantities import Bytes, Duration

_PARALLELISM = "Streams that are moved at once. Default: what the machine allows."


class LocalEngine(SpecModel):
    """In this process; Arrow batches through DuckDB."""

    shorthand: ClassVar[str | None] = "type"

    type: Literal["local"] = Field(default="local", description="Kind of engine.")
    threads: int | None = Field(
        default=None,
        ge=1,
        le=1024,
        description="Threads for reading, computing and writing. Default: all cores.",
    )
    memory: Bytes | None = Field(default=None, description="Memory that computing may take before it spills to disk.")
    parallelism: int | None = Field(default=None, ge=1, le=1000, description=_PARALLELISM)
    temp_directory: Text | None = Field(
        default=None, description="Where spilled data goes. Default: .headwater/ beside the project file."
    )
    stall_timeout: Duration = Field(
        default=timedelta(minutes=15),
        description="A read or write that does not move for so long is given up, and tried again.",
    )


class SparkEngine(SpecModel):
    """A Spark session: classic (`local[4]`, `spark://…`) or Spark Connect (`sc://…`)."""

    shorthand: ClassVar[str | None] = "type"

    type: Literal["spark"] = Field(default="spark", description="Kind of engine.")
    url: Text | None = Field(
        default=None,
        description="Master or Spark Connect address. Default: what the environment says.",
        examples=["sc://spark:15002"],
    )
    token: Secret | None = Field(default=None, description="Token for Spark Connect.")
    conf: dict[str, str | int | float | bool] = Field(default={}, description="Spark settings for the session.")
    parallelism: int | None = Field(default=None, ge=1, le=1000, description=_PARALLELISM)


class DatabricksEngine(SpecModel):
    """A job run on Databricks: serverless when neither a cluster nor a new cluster is given."""

    shorthand: ClassVar[str | None] = "type"

    type: Literal["databricks"] = Field(default="databricks", description="Kind of engine.")
    host: Text | None = Field(default=None, description="Address of the workspace. Default: what the environment says.")
    token: Secret | None = Field(default=None, description="Personal access token.")
    client_id: Text | None = Field(default=None, description="Service principal's application id.")
    client_secret: Secret | None = Field(default=None, description="Service principal's secret.")
    profile: Text | None = Field(default=None, description="Profile in the Databricks configuration file.")
    cluster_id: Text | None = Field(default=None, description="A running cluster to use.")
    new_cluster: dict[str, object] | None = Field(
        default=None, description="A job cluster, as the Jobs API describes it."
    )
    volume: Text | None = Field(
        default=None,
        description="Volume or workspace folder for wheel, plan and report.",
        examples=["/Volumes/main/etl/headwater"],
    )
    conf: dict[str, str | int | float | bool] = Field(default={}, description="Spark settings for the job.")
    parallelism: int | None = Field(default=None, ge=1, le=1000, description=_PARALLELISM)


EngineSpec = LocalEngine | SparkEngine | DatabricksEngine


def _local_unless_said(value: object) -> object:
    """A name stands for its type; options without a type are those of the local engine."""
    if isinstance(value, str):
        return {"type": value}
    return {"type": "local", **value} if isinstance(value, dict) else value


EngineItem = Annotated[Annotated[EngineSpec, Field(discriminator="type")], BeforeValidator(_local_unless_said)]
