# pyarrow ships no types. Without these files pyright reads its Python sources, finds half of the API made
# at run time, and calls that half unknown attributes. All is Any here: no types, and no false alarms.
from typing import Any

def __getattr__(name: str) -> Any: ...
