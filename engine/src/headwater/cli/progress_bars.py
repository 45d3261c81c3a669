"""A line per stream on the terminal while the run goes on."""

from __future__ import annotations

import threading

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from headwater.run import events
from headwater.run.report import SUCCEEDED


class Display:
    """Follows the events of one run. `close` leaves the lines standing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tasks: dict[str, TaskID] = {}
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("[bold]{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[aside]}"),
            TextColumn("[dim]{task.fields[note]}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
        )
        self._progress.start()

    def listen(self, event: events.Event) -> None:
        match event:
            case events.StreamStarted(stream=stream, path=path):
                self._update(stream, note=path)
            case events.Progress():
                aside = f"[yellow]{event.rejected:,} rejected" if event.rejected else ""
                self._update(event.stream, completed=event.read, total=event.row_estimate, aside=aside)
            case events.Retrying(stream=stream, wait_s=wait_s, error=error):
                self._progress.console.print(f"[yellow]{stream}: {error.message}; again in {wait_s:.1f} s")
            case events.LoadFinished(stream=stream, status=status, written=written):
                colour = "green" if status == SUCCEEDED else "red"
                self._update(stream, note=f"[{colour}]{status}, {written:,} written", total=written, completed=written)
            case events.Warned(message=message):
                self._progress.console.print(f"[yellow]{message}")
            case _:
                pass

    def _update(self, stream: str, **what: object) -> None:
        with self._lock:
            if stream not in self._tasks:
                self._tasks[stream] = self._progress.add_task(stream, total=None, aside="", note="")
            self._progress.update(self._tasks[stream], **what)  # pyright: ignore[reportArgumentType]

    def close(self) -> None:
        self._progress.stop()
