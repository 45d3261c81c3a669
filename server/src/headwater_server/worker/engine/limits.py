"""What the process may use, what it used, and whom it does not outlive."""

from __future__ import annotations

import ctypes
import resource
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1  # prctl(2)
# What may be asked for between two looks of the worker, before the kernel itself refuses.
HEADROOM = 1.25
# The kernel takes this process first when memory ends, and leaves the worker alone (proc(5), oom_score_adj).
TAKE_ME = "800"


def die_with_parent() -> None:
    """Where the system can do it at once; where it cannot, the end of stdin does it."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def limit_memory(size_bytes: int | None) -> None:
    """Bounds private memory (RLIMIT_DATA, getrlimit(2)): files mapped into memory do not count against it."""
    if sys.platform != "linux":
        return
    try:
        Path("/proc/self/oom_score_adj").write_text(TAKE_ME)
    except OSError:
        sys.stderr.write("the kernel does not let this process be its first choice when memory ends\n")
    if size_bytes:
        limit = int(size_bytes * HEADROOM)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def usage() -> dict[str, float]:
    """Of this process and the ones it started and waited for."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    unit = 1 if sys.platform == "darwin" else 1024
    cpu_s = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    return {"cpu_s": round(cpu_s, 3), "peak_memory_bytes": own.ru_maxrss * unit}
