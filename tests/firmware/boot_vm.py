# SPDX-License-Identifier: MIT
"""Runs on MicroPython: power-on of a whole board - main.py from a littlefs, the chip models below - to its end.

Arguments: folder of the modelled board, firmware folder, tests folder, what happens (see `HAPPENINGS`), slot of the
app. Prints what main.py printed, then one line of JSON: how it ended and what a probe would see.
"""

import json
import os
import sys
from binascii import hexlify

sys.path[:0] = [sys.argv[1], sys.argv[3], sys.argv[3] + "/virtual"]

import vfs  # noqa: E402 - these lie on the path just made
from clock import GC_US  # noqa: E402
from fakes.scripted_clock import ScriptedClock  # noqa: E402
from ram_flash import RamFlash  # noqa: E402

_BUZZ_US = 3140000
_HARD = [(2.0, 0), (0.5, 5), (3.0, 14), (2.0, 0)]


def interrupt():
    raise KeyboardInterrupt


def break_the_log():
    def broken(self, t_ms, in_contact):
        raise RuntimeError("injected")

    sys.modules["recorder"].Recorder.turn = broken


def break_the_way_out():
    def broken(self, patient):
        raise RuntimeError("no way out")

    sys.modules["app"].App.stop = broken
    raise KeyboardInterrupt


def nothing():
    pass


HAPPENINGS = {
    "ctrl-c": interrupt,
    "task": break_the_log,
    "task again": break_the_log,
    "stop": break_the_way_out,
    "held": nothing,
    "woken": nothing,
    "failed": nothing,
}
BEFORE = {"task again": b"F\x02", "failed": b"F\x03"}  # what the clock's memory holds at the boot


def read_tree(folder, found, name):
    """Read the firmware's files into `found` before the PC's file system goes out of reach."""
    for entry in os.ilistdir(folder):
        if entry[1] == 0x4000 and not entry[0].startswith("_"):
            read_tree(folder + "/" + entry[0], found, name + entry[0] + "/")
        elif entry[0].endswith(".py"):
            with open(folder + "/" + entry[0]) as stream:
                found[name + entry[0]] = stream.read()
    return found


def flash_board(files, slot):
    """Make the board's flash as `roller deploy` leaves it, and mount it as `/`."""
    flash = RamFlash(256)
    vfs.VfsLfs2.mkfs(flash)
    vfs.umount("/")
    vfs.mount(vfs.VfsLfs2(flash), "/")
    os.chdir("/")
    for name in files:
        target = "/main.py" if name == "main.py" else "/" + slot + "/" + name
        parts = target.split("/")
        for k in range(2, len(parts)):
            try:
                os.mkdir("/".join(parts[:k]))
            except OSError:
                pass  # it is there
        with open(target, "w") as stream:
            stream.write(files[name])
    if slot != "a":
        with open("/active", "w") as stream:
            stream.write(slot + "\n")


def sessions():
    try:
        names = os.listdir("/sessions")
    except OSError:
        return {}
    found = {}
    for name in names:
        with open("/sessions/" + name, "rb") as stream:
            found[name] = hexlify(stream.read()).decode()
    return found


def main():
    happening, slot = sys.argv[4:6]
    clock = ScriptedClock()
    import board_time

    board_time.install(clock, 0, GC_US)
    import neopixel  # noqa: F401 - part of the board, loaded while it can be reached
    from fakes.board_rig import Rig, pressed_rows, sample_file

    rig = Rig(sample_file(pressed_rows(_HARD)), clock)
    clock.at(_BUZZ_US, lambda: rig.notes.append((_BUZZ_US, "now", rig.world.motor)))
    clock.at(_BUZZ_US, HAPPENINGS[happening])
    clock.at(20000000, interrupt)
    rig.world.press(happening in ("held", "woken"))
    if happening == "woken":
        rig.world.reset_cause = 4  # DEEPSLEEP_RESET
    rig.world.rtc_memory = BEFORE.get(happening, b"")
    flash_board(read_tree(sys.argv[2], {}, ""), slot)
    sys.path[:] = ["", ".frozen", "/lib"]
    how = "end"
    try:
        with open("/main.py") as stream:
            exec(compile(stream.read(), "main.py", "exec"), {"__name__": "__main__"})
    except BaseException as error:
        how = f"{type(error).__name__}: {error}"
    seen = {
        "how": how,
        "ended_us": clock.now_us(),
        "app": getattr(sys.modules.get("app"), "__file__", None),
        "pin": rig.world.level(4),
        "motor": rig.world.motor,
        "notes": [note for note in rig.notes if note[1] != "rgb"],
        "sessions": sessions(),
        "kept": list(rig.world.rtc_memory),
    }
    print(json.dumps(seen))


main()
