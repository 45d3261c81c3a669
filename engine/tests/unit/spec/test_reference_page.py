"""The page about the project file holds every key, and its example is a project."""

import re
from pathlib import Path

import pytest

from headwater.spec.base import SpecModel
from headwater.spec.engines import DatabricksEngine, LocalEngine, SparkEngine
from headwater.spec.load import parse_project
from headwater.spec.pipeline import PipelineSpec, QuarantineSpec, RetrySpec
from headwater.spec.project import ConnectorSpec, ProcessorSpec, Project
from headwater.spec.schedule import ScheduleSpec
from headwater.spec.steps import ColumnsSpec, DestinationStep, ProcessorStep, SourceStep, StreamSpec, TargetSpec

ROOT = Path(__file__).parents[4]
PAGE = (ROOT / "docs/reference/project-file.md").read_text(encoding="utf-8")
TABLES = [set(re.findall(r"^\| `(\w+)` \|", block, re.MULTILINE)) for block in PAGE.split("\n\n")]


def test_the_example_of_the_page_is_a_valid_project() -> None:
    example = PAGE.split("```yaml\n")[1].split("```")[0]
    assert parse_project(example).pipeline("orders").sources[0].streams[0].lag == 900


@pytest.mark.parametrize(
    "model",
    [
        Project,
        ConnectorSpec,
        ProcessorSpec,
        PipelineSpec,
        SourceStep,
        StreamSpec,
        ColumnsSpec,
        ProcessorStep,
        DestinationStep,
        LocalEngine,
        SparkEngine,
        DatabricksEngine,
        RetrySpec,
        QuarantineSpec,
        ScheduleSpec,
    ],
)
def test_the_page_has_a_table_with_exactly_the_keys_of_each_model(model: type[SpecModel]) -> None:
    assert set(model.model_fields) in TABLES


def test_the_keys_of_a_destinations_stream_are_named() -> None:
    assert {"name", *TargetSpec.model_fields} == {"name", "write", "table", "key", "evolution", "verify"}


def test_every_code_the_project_file_can_give_is_on_the_page() -> None:
    source = ROOT / "engine/src/headwater"
    text = "\n".join(
        file.read_text(encoding="utf-8") for file in [*(source / "spec").glob("*.py"), source / "registry.py"]
    )
    codes = set(re.findall(r'"(config\.[a-z_]+)"', text)) | {
        f"config.{kind}" for kind in re.findall(r'fault\(\s*"(\w+)"', text)
    }
    assert sorted(code for code in codes if f"`{code}`" not in PAGE) == []
