# SPDX-License-Identifier: MIT
"""Runs on MicroPython: many boots of whole boards - main.py from a littlefs, the chip models below - in one process.

Arguments: folder of the modelled board, firmware folder, tests folder, a JSON file that says what (see `JOBS`). The
last line of what it prints is one JSON object; `boot_sweep.py` reads it.

A board is booted until it settles: "app" (it reads samples when Ctrl-C comes), or "safe" (the prompt, the motor off,
and no reset in the time of any watchdog but the host's). What never does is "loop".
"""

import json
import os
import sys
from binascii import unhexlify

sys.path[:0] = [sys.argv[1], sys.argv[3], sys.argv[3] + "/virtual", sys.argv[3] + "/firmware"]

import vfs  # noqa: E402 - these lie on the path just made
from clock import GC_US  # noqa: E402
from fakes.scripted_clock import ScriptedClock  # noqa: E402
from ram_flash import RamFlash  # noqa: E402

APP_US = 1500000  # when Ctrl-C comes; the app reads samples from 0.5 s on
IDLE_US = 40000000  # at the prompt: more than the watchdog of a boot takes
HANG_US = 120000000  # no boot takes so long; the watchdog is to end what hangs
MOST_BOOTS = 6
BLOCKS = 256
WATCHDOG_RESET = 3
POWER_ON = 1


class PowerOff(BaseException):
    """The processor stops here: a reset, or the power is gone."""


class Board:
    """A board through its boots: its flash, the clock's memory, and why the processor starts."""

    def __init__(self, data):
        self.flash = RamFlash(len(data) // 4096, bytearray(data))
        self.memory = b""
        self.cause = POWER_ON
        self.boots = 0
        self.off = None  # the transfer of the bus at which the power goes
        self.transfers = 0
        self.version = ""
        self.ended = ""

    def settle(self):
        """Boot until the board settles; return how."""
        while self.boots < MOST_BOOTS:
            how = self.boot()
            if how not in ("reset", "cut"):
                return how
        return "loop"

    def boot(self):
        """Boot once; return "app", "safe", "reset" or "cut", and where the firmware fails "hang" or "motor on"."""
        self.boots += 1
        clock._script.clear()
        rig = Rig(None, clock)
        world, start_us = rig.world, clock.now_us()
        world.rtc_memory, world.reset_cause, world.power = self.memory, self.cause, self
        world.bus_fault, clock.after_wait = self._transfer, world.tick
        taken = []
        world.chips["imu"].on_fifo_word = lambda: taken.append(clock.now_us())
        clock.at(start_us + HANG_US, self._give_up)
        clock.at(start_us + APP_US, lambda: interrupt_one_that_runs(taken))
        self.memory, self.cause, self._world = b"", POWER_ON, world
        how = "safe"
        mount(self.flash)
        try:
            self._run_main()
            clock._script.clear()
            for _ in range(IDLE_US // 100000):
                clock.wait(100000)
                world.tick()
        except PowerOff:
            how = "hang" if clock.now_us() - start_us >= HANG_US else "cut"
            if self.cause == WATCHDOG_RESET:
                how, self.flash.power = "reset", None
        finally:
            self.version = getattr(sys.modules.get("rollcore"), "VERSION", "")
            forget_the_firmware()
        if world.level(4) or world.motor:
            return "motor on"
        runs = bool(taken) and start_us + APP_US - taken[-1] < 100000
        if self.flash.is_off and how != "hang":
            return "cut"
        return "app" if how == "safe" and runs else how

    def _run_main(self):
        self.ended = ""
        try:
            with open("/main.py") as stream:
                exec(compile(stream.read(), "main.py", "exec"), {"__name__": "__main__"})
        except KeyboardInterrupt:
            self.ended = "KeyboardInterrupt"
        except Exception as error:
            self.ended = f"{type(error).__name__}: {error}"

    def _give_up(self):
        self.flash.power = 0
        raise PowerOff

    def _transfer(self, *_):
        self.transfers += 1
        if self.transfers == self.off or self.flash.is_off:
            self.flash.power = 0
            raise PowerOff

    def reset(self, cause):
        """Do as `Power.reset`: what the clock's memory holds now is what the next boot finds."""
        self.memory, self.cause = self._world.rtc_memory, cause
        self.flash.power = 0  # the code that runs on in this model writes nothing more
        raise PowerOff

    def files(self):
        """Return what lies in the root of the flash."""
        mount(RamFlash(self.flash.blocks, bytearray(self.flash.data)))
        found = {}
        for entry in os.ilistdir("/"):
            if not entry[1] & 0x4000:
                with open("/" + entry[0], "rb") as stream:
                    found[entry[0]] = stream.read()
        return found


def interrupt_one_that_runs(taken):
    """End an app that reads samples with Ctrl-C; one that hangs is left to its watchdog."""
    if taken and clock.now_us() - taken[-1] < 100000:
        raise KeyboardInterrupt


def mount(flash):
    """Put a flash in place of the file system of now."""
    os.chdir("/")
    vfs.umount("/")
    vfs.mount(vfs.VfsLfs2(flash), "/")
    os.chdir("/")


def forget_the_firmware():
    """Do to the interpreter what a reset does."""
    asyncio.new_event_loop()
    sys.path[:] = ["", ".frozen", "/lib"]
    for name in [name for name in sys.modules if name not in KNOWN]:
        del sys.modules[name]


def read_tree(folder, found, name):
    """Read the firmware's files into `found` before the PC's file system goes out of reach."""
    for entry in os.ilistdir(folder):
        if entry[1] == 0x4000 and not entry[0].startswith("_"):
            read_tree(folder + "/" + entry[0], found, name + entry[0] + "/")
        elif entry[0].endswith(".py"):
            with open(folder + "/" + entry[0], "rb") as stream:
                found[name + entry[0]] = stream.read()
    return found


def write(path, data):
    """Write a file, its folders made; data None removes it, a number stands for so many blanks."""
    if data is None:
        os.remove(path)
        return
    parts = path.split("/")
    for k in range(2, len(parts)):
        try:
            os.mkdir("/".join(parts[:k]))
        except OSError:
            pass  # it is there
    with open(path, "wb") as stream:
        if isinstance(data, int):
            for _ in range(data // 1000):
                stream.write(b" " * 1000)
        else:
            stream.write(data)


def deployed(files):
    """Return the bytes of a flash as `roller deploy` leaves it."""
    flash = RamFlash(BLOCKS)
    vfs.VfsLfs2.mkfs(flash)
    mount(flash)
    for name in files:
        write("/main.py" if name == "main.py" else "/a/" + name, files[name])
    write("/active", b"a")
    return flash.data


def with_files(image, files):
    """Return a board with these files on its flash: a text, {"hex"}, {"blanks": bytes}, {"folder": True} or None."""
    board = Board(image)
    mount(board.flash)
    for path in files:
        data = files[path]
        if isinstance(data, str):
            data = data.encode()
        elif data and "folder" in data:
            try:
                os.remove(path)
            except OSError:
                pass  # there was none
            os.mkdir(path)
            continue
        elif data:
            data = unhexlify(data["hex"]) if "hex" in data else data["blanks"]
        write(path, data)
    board.flash.programs = board.flash.erases = 0
    return board


def boots(job, image):
    """Boot with each of the job's "cases", files of a flash; return how it settled, after how many boots, its error."""
    answers = []
    for files in job["cases"]:
        board = with_files(image, files)
        answers.append([board.settle(), board.boots, board.ended])
    return answers


def cuts(job, image):
    """Cut a boot at every "stride"-th of its programs and erases, whole and torn, and bus transfers; boot once more.

    The boot has a bad file to keep aside and a fault to log. Return counts, and what is not as it must be.
    """
    files = job["files"]
    before = with_files(image, files)
    before.boot()  # the log is there already
    mount(before.flash)
    for path in files:
        write(path, files[path].encode())
        os.remove(path.replace(".json", ".bad.json"))
    image = bytes(before.flash.data)
    whole = Board(image)
    whole.boot()
    count = {"flash operations": whole.flash.programs + whole.flash.erases, "transfers": whole.transfers}
    count.update({"cuts": 0, "old logs": 0, "new logs": 0, "wrong": [], "settled": {}})
    for torn, kind in ((False, "flash operations"), (True, "flash operations"), (False, "transfers")):
        for at in range(1, count[kind] + 1, job["stride"]):
            board = Board(image)
            if kind == "transfers":
                board.off = at
            else:
                board.flash.power, board.flash.torn = at, torn
            if board.boot() != "cut":
                continue
            count["cuts"] += 1
            board.off, board.flash.power, board.memory, board.cause, board.boots = None, None, b"", POWER_ON, 0
            check(board, files, count, (kind, torn, at))
    return count


def check(board, files, count, where):
    """Look at a flash after a cut, and at the board after the boot that follows."""
    found = board.files()
    log = looked_with.FaultLog(found.get("faults.bin", b""))
    if log.lost or log.count not in (1, 2):
        count["wrong"].append((where, "log", log.count))
    count["new logs" if log.count == 2 else "old logs"] += 1
    how = f"{board.settle()} after {board.boots}"
    count["settled"][how] = count["settled"].get(how, 0) + 1
    found = board.files()
    for path in files:
        if found.get(path[1:].replace(".json", ".bad.json")) != files[path].encode():
            count["wrong"].append((where, "lost", path))
    if (
        looked_with.FaultLog(found["faults.bin"]).lost
        or looked_with.FaultLog(found["faults.bin"]).count != log.count + 1
    ):
        count["wrong"].append((where, "second log"))


def deploys(job, _image):
    """Boot the flash as it was after each question of a deploy; return [how, boots, version] of each."""
    answers = []
    for changes in job["states"]:
        for block in changes:
            states[int(block) * 4096 : (int(block) + 1) * 4096] = unhexlify(changes[block])
        board = Board(states)
        answers.append([board.settle(), board.boots, board.version])
    return answers


def unpacking(job, _image):
    """Cut what the board does in a deploy at every "stride"-th program and erase, whole and torn; boot what is left.

    Return [how, boots, version] of each, in the order of the cuts, and once more of one that was not cut.
    """
    answers = []
    whole = unpacked(job, None, False)
    total = whole.programs + whole.erases
    for at in list(range(1, total - 8, job["stride"])) + list(range(total - 8, total + 1)) + [None]:
        for torn in (True, False):
            board = Board(unpacked(job, at, torn).data)
            answers.append([board.settle(), board.boots, board.version])
    return answers


def unpacked(job, power, torn):
    """Return the flash after a deploy's parcel was put on it, unpacked and switched to, or the power went."""
    flash = RamFlash(len(states) // 4096, bytearray(states))
    mount(flash)
    scope = {}
    exec(job["unpack"], scope)
    with open("/active") as stream:
        running = "/" + stream.read(1)
    flash.power, flash.torn = power, torn
    flash.programs = flash.erases = 0
    slot = "/b" if running == "/a" else "/a"
    try:
        write("/deploy.part", PARCEL)
        scope["main"]("/deploy.part", slot, running, job["seal"])
    except OSError:
        if not flash.is_off:
            raise
    return flash


JOBS = {"boots": boots, "cuts": cuts, "deploys": deploys, "unpacking": unpacking}

with open(sys.argv[4]) as stream:
    job = json.load(stream)
states = bytearray()
if "image" in job:
    with open(job["image"], "rb") as stream:
        states = bytearray(stream.read())
PARCEL = b""
if "parcel" in job:
    with open(job["parcel"], "rb") as stream:
        PARCEL = stream.read()
clock = ScriptedClock()
import board_time  # noqa: E402

board_time.install(clock, 0, GC_US)
import asyncio  # noqa: E402

import neopixel  # noqa: E402, F401 - part of the board, loaded while it can be reached
from fakes.board_rig import Rig  # noqa: E402

sys.path.insert(0, sys.argv[2])
import faultlog  # noqa: E402, F401 - to look at logs with

sys.path.pop(0)
firmware = read_tree(sys.argv[2], {}, "")
looked_with = sys.modules["faultlog"]
del sys.modules["faultlog"]
KNOWN = list(sys.modules)
print(json.dumps(JOBS[job["job"]](job, bytes(deployed(firmware)))))
