"""The in-memory source and destination, and the system behind them; see `memory_system`."""

from headwater.testing.faults import Fault, Faults
from headwater.testing.memory_destination import MemoryDestination, MemoryLoad
from headwater.testing.memory_source import MemorySource
from headwater.testing.memory_system import MemoryConfig, MemorySystem, MemoryTable

__all__ = [
    "Fault",
    "Faults",
    "MemoryConfig",
    "MemoryDestination",
    "MemoryLoad",
    "MemorySource",
    "MemorySystem",
    "MemoryTable",
]
