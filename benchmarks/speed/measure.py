"""One command as a process tree: wall time, CPU, peak memory, and what the server and others used meanwhile.

Linux only. Memory is the sum of the peaks (VmHWM) of the processes that were alive at one time, looked at fifty
times a second. CPU is what the kernel says of the tree, or what was seen of it when a child outlives its parent.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
EVERY_S = 0.02
TREE_EVERY_S = 0.25
SETTLE_S = 0.3


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds and bytes of one run. `others_cores`: what the rest of the machine used, in cores."""

    wall_s: float
    cpu_s: float
    server_cpu_s: float
    others_cores: float
    peak_bytes: int
    exit_code: int

    def as_json(self) -> dict[str, float | int]:
        return asdict(self)


def measure(
    command: Sequence[str], *, server_pid: int, env: Mapping[str, str], cwd: Path, log: Path, timeout_s: float
) -> Measured:
    """Runs the command to its end, its output into `log`. One that is not over in time is killed: exit code -9."""
    before_server, before_all = _server_cpu(server_pid), _machine_cpu()
    with log.open("wb") as out:
        started = time.perf_counter()
        process = subprocess.Popen(command, env=dict(env), cwd=cwd, stdout=out, stderr=out, start_new_session=True)
        watch = _Watch(process.pid)
        killer = threading.Timer(timeout_s, lambda: os.killpg(process.pid, signal.SIGKILL))
        killer.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            # The benchmark is ended: so is what it measures.
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            killer.cancel()
        wall_s = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    watch.end()
    machine_s = _machine_cpu() - before_all
    # The server's process of a connection ends, and is counted, a moment after its client.
    time.sleep(SETTLE_S)
    cpu_s = max(usage.ru_utime + usage.ru_stime, watch.cpu_s)
    server_s = _server_cpu(server_pid) - before_server
    others = max(0.0, machine_s - cpu_s - server_s) / wall_s
    return Measured(wall_s, cpu_s, server_s, others, watch.peak_bytes, process.returncode)


class _Watch:
    def __init__(self, root: int) -> None:
        self.peak_bytes = 0
        self._root = root
        self._cpu: dict[int, float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def cpu_s(self) -> float:
        return sum(self._cpu.values())

    def end(self) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        alive, looked_at = [self._root], time.monotonic()
        while not self._over.wait(EVERY_S):
            if time.monotonic() - looked_at > TREE_EVERY_S:
                # To look through all processes costs too much to be done each time.
                alive, looked_at = _tree(self._root), time.monotonic()
            self.peak_bytes = max(self.peak_bytes, sum(_peak_memory(pid) for pid in alive))
            for pid in alive:
                self._cpu[pid] = max(self._cpu.get(pid, 0.0), _cpu(pid, reaped=False))


def _tree(root: int) -> list[int]:
    """The process and all that come from it."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (fields := _stat(int(entry))):
            children.setdefault(int(fields[1]), []).append(int(entry))
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += children.get(pid, [])
    return found


def _stat(pid: int) -> list[str]:
    """The fields after the command's name; none when it ended meanwhile. Source: proc_pid_stat(5)."""
    return _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""


def _peak_memory(pid: int) -> int:
    for line in _text(Path(f"/proc/{pid}/status")).splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def _cpu(pid: int, *, reaped: bool) -> float:
    """Seconds; `reaped` adds those of children that ended."""
    fields = _stat(pid)
    return sum(int(field) for field in fields[11 : 15 if reaped else 13]) / TICK if fields else 0.0


def _server_cpu(postmaster: int) -> float:
    return _cpu(postmaster, reaped=True) + sum(_cpu(pid, reaped=False) for pid in _tree(postmaster)[1:])


def _machine_cpu() -> float:
    numbers = [int(field) for field in _text(Path("/proc/stat")).split("\n", 1)[0].split()[1:9]]
    idle = numbers[3] + numbers[4]
    return (sum(numbers) - idle) / TICK
