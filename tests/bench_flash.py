# SPDX-License-Identifier: MIT
"""What the log costs the flash, on the VM's own littlefs by the flash's own counters. `make bench` runs it."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "virtual"), str(HERE.parent / "host_tools")]

import vm_script  # noqa: E402 - on the path just made

from rolltools import console  # noqa: E402

SESSIONS = {
    "trace full, pages cut to the blocks": ("trace", 600),
    "trace full, pages of 4096 bytes": ("page of 4096", 600),
    "strokes only": ("strokes", 3600),
    "16 bytes a second, each flushed": ("record by record", 3600),
}
FILLED = 20


def print_wear() -> None:
    """Print erases and bytes programmed for sessions of our log, and for what it does not do."""
    rows = []
    for name, (way, seconds) in SESSIONS.items():
        found = vm_script.run("flash_wear_vm.py", way, seconds)
        size, erases = found["bytes"], found["erases"]
        each = f"{erases / (size / 4096):.2f}", f"{found['programmed'] / size:.2f}", f"{seconds / erases:.1f}"
        rows.append((name, seconds, size, erases, *each))
    columns = ("session", ">s", ">bytes", ">erases", ">erases/4 KiB", ">programmed/byte", ">s an erase")
    console.table(columns, rows, "Wear of the flash")


def print_full() -> None:
    """Print what an append costs on a flash that is being filled and on one that is full."""
    found = vm_script.run("store_full_vm.py", FILLED)
    rows = [(name, *(found[name][what] for what in ("median", "p99", "most"))) for name in ("empty", "full")]
    title = (
        f"Reads, programs and erases of an append on 64 blocks, written {FILLED} times over: {found['removed']} "
        f"sessions rotated out, {found['out_of_turn']} out of turn, {found['refused']} of {found['pages']} pages "
        f"refused, {found['least_free']} blocks free at least"
    )
    console.table(("flash", ">median", ">p99", ">most"), rows, title)


def main() -> None:
    """Print both tables."""
    print_wear()
    console.say()
    print_full()


if __name__ == "__main__":
    main()
