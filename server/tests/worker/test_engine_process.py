"""The engine in its own process, and programs that only pretend to be one: what they print never harms the worker."""

from __future__ import annotations

import asyncio
import sys
import textwrap
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from headwater_server.worker.process import EngineProcess


@dataclass
class Heard:
    events: int = 0
    last: dict[str, Any] = field(default_factory=dict[str, Any])
    logs: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    garbage: list[bytes] = field(default_factory=list[bytes])
    printed: list[bytes] = field(default_factory=list[bytes])

    def event(self, facts: dict[str, Any]) -> None:
        self.events += 1
        self.last = facts

    def log(self, facts: dict[str, Any]) -> None:
        self.logs.append(facts)

    def text(self, line: bytes, *, expected: bool) -> None:
        (self.printed if expected else self.garbage).append(line)


def copy_of(folder: Path) -> dict[str, Any]:
    """A request to copy a CSV file with three rows to Parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "in.csv").write_text("id,name\n1,a\n2,b\n3,c\n")
    return {
        "kind": "run",
        "pipeline": "copy",
        "run_id": "r1",
        "directory": str(folder),
        "home": str(folder / "home"),
        "project": {
            "version": 1,
            "pipelines": {
                "copy": {
                    "sources": [{"type": "files", "config": {"url": "in.csv"}, "streams": ["*"]}],
                    "destinations": [{"type": "files", "config": {"url": "out", "format": "csv"}}],
                }
            },
        },
    }


async def pretend(program: str, request: dict[str, Any] | None = None, **limits: Any):
    heard = Heard()
    engine = await EngineProcess.start((sys.executable, "-c", textwrap.dedent(program)))
    return await engine.carry_out(request or {}, heard, **limits), heard


async def test_a_run_tells_its_events_and_ends_with_its_report(tmp_path: Path) -> None:
    heard = Heard()
    engine = await EngineProcess.start()
    outcome = await engine.carry_out(copy_of(tmp_path), heard)
    assert outcome.answer is not None, outcome
    report = outcome.answer["result"]["report"]
    assert (report["run_id"], report["status"]) == ("r1", "succeeded")
    assert report["loads"][0]["rows"]["written"] == 3
    assert heard.last["event"] == "RunFinished"
    assert outcome.usage["cpu_s"] > 0
    assert not engine.alive


async def test_what_a_plugin_prints_is_text_and_no_event(tmp_path: Path) -> None:
    request = copy_of(tmp_path)
    (tmp_path / "loud.py").write_text(
        "import os\ndef process(batch):\n    print('{\"result\": {}}')\n    os.write(1, b'raw\\n')\n    return batch\n"
    )
    step = {"type": "python", "config": {"file": str(tmp_path / "loud.py"), "function": "process"}}
    request["project"]["pipelines"]["copy"]["processors"] = [step]
    heard = Heard()
    outcome = await (await EngineProcess.start()).carry_out(request, heard)
    assert outcome.answer is not None
    assert outcome.answer["result"]["report"]["status"] == "succeeded", (outcome.answer, heard.printed)
    assert b"raw" in heard.printed
    assert not heard.garbage


async def test_an_error_before_the_first_row_is_the_answer(tmp_path: Path) -> None:
    request = {**copy_of(tmp_path), "pipeline": "copi"}
    outcome = await (await EngineProcess.start()).carry_out(request, Heard())
    assert outcome.answer is not None
    assert outcome.answer["error"]["code"] == "config.unknown_pipeline"
    assert outcome.answer["error"]["kind"] == "config"


async def test_garbage_on_the_event_pipe_is_set_aside_and_the_answer_still_found() -> None:
    outcome, heard = await pretend(r"""
        import os, sys
        sys.stdin.readline()
        os.write(1, b'\xff\xfe\x00 nonsense\n{"event": 1}\n[]\n{"result"\n' + b'x' * 3_000_000 + b'\n')
        os.write(1, b'{"event": {"event": "Progress"}}\n{"result": {"fine": true}}\n')
    """)
    assert outcome.answer == {"result": {"fine": True}}
    assert (heard.events, len(heard.garbage)) == (1, 5)
    assert max(map(len, heard.garbage)) <= 10_000


async def test_a_storm_of_a_million_events_passes_while_the_worker_stays_awake() -> None:
    longest, last = 0.0, time.monotonic()

    async def beat() -> None:
        nonlocal longest, last
        while True:
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
            await asyncio.sleep(0.01)

    beating = asyncio.create_task(beat())
    outcome, heard = await pretend(r"""
        import os, sys
        sys.stdin.readline()
        block = b'{"event": {"event": "Progress", "stream": "s", "read": 1}}\n' * 1000
        for _ in range(1000):
            data = memoryview(block)
            while data:
                data = data[os.write(1, data):]
        os.write(1, b'{"result": {}}\n')
    """)
    beating.cancel()
    assert (outcome.answer, heard.events) == ({"result": {}}, 1_000_000)
    assert longest < 2


@pytest.mark.parametrize("after_answer", [False, True])
async def test_a_killed_process_has_answered_only_when_it_had_said_how_it_ended(*, after_answer: bool) -> None:
    line = "os.write(1, b'{\"result\": {}}\\n')" if after_answer else "pass"
    outcome, _ = await pretend(f"""
        import os, signal, sys
        sys.stdin.readline()
        {line}
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    assert outcome.answer == ({"result": {}} if after_answer else None)
    assert outcome.died == (None if after_answer else "the engine was killed by SIGKILL")


async def test_an_engine_that_exits_well_without_an_answer_has_died() -> None:
    outcome, _ = await pretend("import sys; sys.stdin.readline(); sys.exit(0)")
    assert (outcome.answer, outcome.died) == (None, "the engine ended with exit code 0 and no answer")


async def test_the_engine_dies_when_its_stdin_ends(tmp_path: Path) -> None:
    """Its worker is gone then."""
    request = copy_of(tmp_path)
    (tmp_path / "slow.py").write_text(
        "import pathlib, threading\n"
        f"def process(batch):\n    pathlib.Path({str(tmp_path / 'began')!r}).touch()\n    threading.Event().wait(60)\n"
    )
    step = {"type": "python", "config": {"file": str(tmp_path / "slow.py"), "function": "process"}}
    request["project"]["pipelines"]["copy"]["processors"] = [step]
    engine = await EngineProcess.start()
    running = asyncio.create_task(engine.carry_out(request, Heard()))
    await there(tmp_path / "began")
    stdin = engine._process.stdin
    assert stdin is not None
    stdin.close()
    outcome = await asyncio.wait_for(running, 5)
    assert outcome.died == "the engine was killed by SIGKILL"


async def test_stop_ends_a_run_the_clean_way_and_kill_ends_one_that_does_not_listen(tmp_path: Path) -> None:
    began = time.monotonic()
    engine = await EngineProcess.start((sys.executable, "-c", "import time; print(flush=True); time.sleep(60)"))
    running = asyncio.create_task(engine.carry_out({}, Heard()))
    await asyncio.sleep(0)
    engine.stop(grace_s=0.3)
    outcome = await running
    assert (outcome.answer, outcome.died) == (None, "the engine was killed by SIGKILL")
    assert time.monotonic() - began < 10


async def test_a_run_that_takes_more_memory_than_it_may_is_killed_and_says_so() -> None:
    outcome, _ = await pretend(
        "import sys, time; sys.stdin.readline(); kept = bytearray(300_000_000); time.sleep(60)",
        {"memory_limit_bytes": 100_000_000},
    )
    assert outcome.memory
    assert outcome.usage["peak_memory_bytes"] > 100_000_000


async def test_a_call_that_takes_too_long_is_ended() -> None:
    outcome, _ = await pretend("import time; time.sleep(60)", timeout_s=0.5)
    assert outcome.timed_out


async def test_what_the_process_started_and_left_holding_its_pipes_ends_with_it() -> None:
    outcome, heard = await pretend("""
        import os, subprocess, sys
        sys.stdin.readline()
        left = subprocess.Popen(["sleep", "60"])
        os.write(2, str(left.pid).encode() + b"\\n")
        os.write(1, b'{"result": {}}\\n')
    """)
    assert outcome.answer == {"result": {}}
    async with asyncio.timeout(5):
        while alive(int(heard.printed[0])):
            await asyncio.sleep(0.05)


def alive(pid: int) -> bool:
    """A zombie that nobody waits for is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def there(path: Path) -> None:
    async with asyncio.timeout(30):
        while not path.exists():
            await asyncio.sleep(0.02)
