# SPDX-License-Identifier: MIT
"""The power goes at every program and erase of a day on the board's flash, whole and torn, and again in the next day.

    python tests/virtual/power_cuts.py [stride of the first cut [of the second]]      # 1 and 1 by default: minutes

A day is a boot, a session that rotates old ones out, new settings written aside and renamed, and the mark of a pull,
through the firmware's own recorder in the VM's own littlefs. What is left of the sessions is read as on a PC.
"""

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
if __name__ == "__main__":
    sys.path[:0] = [str(HERE.parents[1] / "host_tools")]

import vm_script  # noqa: E402 - what follows is on the path just made

from rolltools.session import DAMAGED  # noqa: E402
from rolltools.session_log import read_session  # noqa: E402

STRIDES = (1, 1)


def sweep(first_stride: int, second_stride: int, folder: Path) -> dict:
    """Return the counts of a sweep; `wrong` lists what is left of a session and not as it must be."""
    found = vm_script.run("power_cuts_vm.py", first_stride, second_stride, folder)
    found["wrong"] = [name for name, strokes in found["left"].items() if not _tells(folder / name, strokes)]
    return found


def _tells(path: Path, strokes: int) -> bool:
    """Tell whether the session is undamaged and holds its strokes from the first on, `strokes` at least."""
    session = read_session(path)
    ids = [stroke.id for stroke in session.strokes]
    return session.state != DAMAGED and ids == list(range(1, len(ids) + 1)) and len(ids) >= strokes


def main() -> None:
    """Print the counts; fail when anything was lost."""
    from rolltools import console

    given = tuple(int(word) for word in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as folder:
        found = sweep(*given, *STRIDES[len(given) :], Path(folder))
    rows = [
        ("cuts in a day", found["first"]),
        ("cuts in the day after a cut", found["second"]),
        ("whole days after both", found["third days"]),
        ("flashes that cannot be mounted", found["unmountable"]),
        ("pages that were acknowledged", found["pages"]),
        ("sessions rotated out", found["removed"]),
        ("flashes with the new settings", found["new_settings"]),
        ("distinct remains of a session", len(found["left"])),
        ("lost pages or settings", len(found["lost"])),
        ("remains that tell too little", len(found["wrong"])),
    ]
    console.table(("what", ">count"), rows, "Power cuts on littlefs")
    for entry in (*found["lost"], *found["wrong"])[:20]:
        print(entry, file=sys.stderr)
    sys.exit(1 if found["unmountable"] or found["lost"] or found["wrong"] else 0)


if __name__ == "__main__":
    main()
