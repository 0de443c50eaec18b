# SPDX-License-Identifier: MIT
"""Host tools of the massage roller. Importing this package makes the firmware's `rollcore` importable on the PC.

The firmware's files travel inside the distribution as data (`_firmware`), or lie beside `host_tools/` in a checkout.
Only `rollcore` is registered, by name: no `main`, `app` or `drivers` enters anybody's environment.
"""

import importlib.util
import sys
from pathlib import Path

from . import micropython_standin

_PACKAGED = Path(__file__).parent / "_firmware"
FIRMWARE_DIR = _PACKAGED if _PACKAGED.is_dir() else Path(__file__).parents[2] / "firmware"


def _register_rollcore() -> None:
    sys.modules.setdefault("micropython", micropython_standin)
    folder = FIRMWARE_DIR / "rollcore"
    spec = importlib.util.spec_from_file_location(
        "rollcore", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"the firmware is missing beside the tools: {folder}")
    module = importlib.util.module_from_spec(spec)
    sys.modules["rollcore"] = module
    spec.loader.exec_module(module)


if "rollcore" not in sys.modules:
    _register_rollcore()
