# SPDX-License-Identifier: MIT
"""What happens between power and the first line of boot.py: build the modelled board around this interpreter.

Run in the VM as ``micropython -i power_on.py START.json``. The PC's file system is left behind: `/` is the board's
littlefs, and only handles that were opened before go on pointing outside.
"""

import json
import os
import select
import sys
import time

import vfs

_CORRUPTED = """\
The filesystem appears to be corrupted. If you had important data there, you
may want to make a flash snapshot to try to recover it. Otherwise, perform
factory reprogramming of MicroPython firmware (completely erase flash, followed
by firmware programming).
"""
_PAUSE_S = 3
_NOISE_COUNTS = 220  # of the load cell's converter, 5 mN rms; a recording holds the noise of its sensor already


def _mount(flash):
    """Mount the board's file system as `/`; a blank flash gets one first, as at the first boot of an ESP32.

    Return whether there is one.
    """
    vfs.umount("/")
    try:
        vfs.mount(vfs.VfsLfs2(flash), "/")
    except OSError:
        if not flash.blank():
            return False
        vfs.VfsLfs2.mkfs(flash)
        vfs.mount(vfs.VfsLfs2(flash), "/")
        with open("/boot.py", "w") as stream:
            stream.write("# Runs first at every boot.\n")
    os.chdir("/")
    return True


def _complain(pause_s):
    """Do what stock MicroPython does where it cannot mount its file system, until Ctrl-C."""
    try:
        while True:
            print(_CORRUPTED)
            pause_s(_PAUSE_S)
    except KeyboardInterrupt as error:
        sys.print_exception(error)


def _build(start):
    """Build what START.json asks for, from the clock up to `machine`; return (flash, channel)."""
    from host_channel import HostChannel

    channel = HostChannel(open(start["channel"], "wb"))
    state = start["state"] or {}
    pause_ms = time.sleep_ms
    samples = _open_samples(start["samples"])
    clock = _make_clock(start["clock"], state.get("now_us", 0), samples)

    import board_time
    from clock import ENGINE_STEP_US, GC_US

    boot_us = clock.now_us()
    now = board_time.install(clock, boot_us, GC_US)
    # The whole port is loaded now: once littlefs is `/`, these files are out of reach.
    import esp32  # noqa: F401
    import machine
    import neopixel  # noqa: F401
    from flash import FileFlash
    from power import Power
    from world import World

    world = World(start["board"], clock, samples)
    if state:
        world.restore(state["world"])
    elif "gauge" in world.chips:
        world.chips["gauge"].rate_x10 = 0  # what hangs at a PC's port does not drain
    if samples is None and hasattr(world.chips["force"], "noise_counts"):
        world.chips["force"].noise_counts = _NOISE_COUNTS
    world.reset_cause = start["cause"]
    world.observer = channel.note
    now.world = world

    def begin(t_us):
        # What waits in the FIFO is older than the recording: its first row is the first sample of the app.
        world.chips["imu"].forget()
        channel.note(t_us, "samples", world.rtc.ahead_us() / 1000000)

    world.samples.on_start = begin
    # A sample (two words: acceleration, turn rate) that is read is a step of the engine; the PC is too fast to notice.
    world.chips["imu"].on_fifo_word = lambda: clock.charge(ENGINE_STEP_US // 2)

    def save_state(keep_pins):
        channel.state({"now_us": clock.now_us(), "world": world.save(keep_pins)})

    world.power = Power(channel, clock, save_state, pause_ms)
    machine.attach(world)
    clock.after_wait = _ticker(world, open(start["interrupts"], "rb"))
    sys.atexit(lambda: save_state(True))
    return FileFlash(open(start["flash"], "r+b"), clock), channel


def _ticker(world, interrupts):
    """Return what is called whenever time has passed: Ctrl-C comes through a pipe, and is raised here."""
    poll = select.poll()
    poll.register(interrupts, select.POLLIN)

    def tick():
        if poll.poll(0):
            interrupts.read(1)
            raise KeyboardInterrupt
        world.tick()

    return tick


def _open_samples(path):
    if path is None:
        return None
    from samples import SampleFile

    return SampleFile(open(path, "rb"))


def _make_clock(kind, start_us, samples):
    from clock import Clock, RealClock

    if kind == "real":
        return RealClock(start_us, time.ticks_us, time.ticks_diff, time.sleep_us)
    return Clock(start_us, samples.end_us if samples else lambda: start_us, time.sleep_us)


def _run(name):
    """Run a file of the board as the ESP32 runs boot.py and main.py; return False when it was not finished."""
    try:
        with open(name) as stream:
            source = stream.read()
    except OSError:
        return True
    try:
        exec(compile(source, name, "exec"), globals())
    except SystemExit:
        raise
    except BaseException as error:
        sys.print_exception(error)
        return False
    return True


def power_on():
    """Build the board, then boot it."""
    with open(sys.argv[1]) as stream:
        start = json.load(stream)
    sys.path[:] = [start["device"], ".frozen"]
    flash, channel = _build(start)
    mounted = _mount(flash)
    sys.path[:] = ["", ".frozen", "/lib"]
    sys.argv[:] = []
    channel.ready()
    if not mounted:
        _complain(sys.modules["time"].sleep)
    elif _run("/boot.py") and start["run_main"]:
        _run("/main.py")


if __name__ == "__main__":
    power_on()
