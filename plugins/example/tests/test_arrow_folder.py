from itertools import count
from pathlib import Path

import pyarrow as pa

from headwater.testing.destination_contract import DestinationContract
from headwater.testing.source_contract import SourceContract
from headwater_example.arrow_folder.config import ArrowFolderConfig
from headwater_example.arrow_folder.destination import ArrowFolderDestination
from headwater_example.arrow_folder.manifest import Manifest, load, save, table_folder
from headwater_example.arrow_folder.source import ArrowFolderSource


class TestArrowFolderSource(SourceContract):
    keeps_primary_keys = False

    def make_source(self, place: Path) -> ArrowFolderSource:
        return ArrowFolderSource(ArrowFolderConfig(path=str(place)))

    def seed(self, place: Path, name: str, table: pa.Table, primary_key: tuple[str, ...] = ()) -> None:
        folder = table_folder(place, name)
        folder.mkdir()
        files: dict[str, int] = {}
        half = table.num_rows // 2
        for number, part in zip(count(), (table.slice(0, half), table.slice(half)), strict=False):
            files[f"{number}.arrow"] = part.num_rows
            with pa.ipc.new_file(str(folder / f"{number}.arrow"), table.schema) as file:
                file.write_table(part, max_chunksize=10_000)
        save(folder, Manifest(table.schema, files))

    def unreachable_source(self, place: Path) -> tuple[ArrowFolderSource, str]:
        return ArrowFolderSource(ArrowFolderConfig(path=str(place / "nowhere"))), ""


class TestArrowFolderDestination(DestinationContract):
    def make_destination(self, place: Path) -> ArrowFolderDestination:
        return ArrowFolderDestination(ArrowFolderConfig(path=str(place)))

    def read_table(self, place: Path, table: str) -> pa.Table | None:
        manifest = load(table_folder(place, table))
        if manifest.schema is None:
            return None
        parts = [pa.ipc.open_file(table_folder(place, table) / name).read_all() for name in manifest.files]
        return pa.concat_tables([manifest.schema.empty_table(), *parts])

    def leftovers(self, place: Path) -> list[str]:
        return [path.name for path in place.glob("*/*") if path.name not in ("manifest.json", *load(path.parent).files)]

    def unreachable_destination(self, place: Path) -> tuple[ArrowFolderDestination, str]:
        (place / "file").write_text("no folder")
        return ArrowFolderDestination(ArrowFolderConfig(path=str(place / "file"))), ""
