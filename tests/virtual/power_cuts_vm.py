# SPDX-License-Identifier: MIT
"""Runs inside the VM: the power goes at every program and erase of a day on a real VfsLfs2, and again in the next day.

Arguments: how many cuts of the first and of the second day to take one of, and a folder for what is left of the
sessions. Prints one JSON object; `power_cuts.py` reads it. The firmware folder is on MICROPYPATH.
"""

import json
import os
import sys
from array import array
from binascii import crc32, hexlify

import recorder
from config import load_settings
from ram_flash import RamFlash

from rollcore import events
from rollcore import logformat as fmt
from rollcore.calibration import Calibration
from storage import PULLED_SUFFIX, SUFFIX, SessionStore, session_name, session_number

BLOCKS = 20
ROOT = "/ram"
FOLDER = ROOT + "/sessions/"
SETTINGS = ROOT + "/settings.json"
DEVICE = {"board": "vm", "device": "0badcafe", "firmware": "0.0", "reset": "power on"}
ROUTINE = json.dumps({"steps": [{"name": "a step of a long routine", "seconds": 30}] * 36})
THIRD_STRIDE = 10  # of the second cuts: one in so many is followed by a day without any
STROKES = 70  # until the hand lets go: the first page is full then, and waits


class Board:
    """A board as far as the recorder knows one."""

    period_us = 4808

    def unique_id(self):
        return DEVICE["device"]

    def unix_time(self):
        return None


class WatchedStore(SessionStore):
    """Remembers which bytes it said are on the flash, and which it was about to write."""

    def __init__(self, root):
        super().__init__(root)
        self.acknowledged = {}
        self.pages = 0
        self.in_flight = b""

    def append(self, page, last=False):
        self.in_flight = bytes(page)
        if not super().append(page, last):
            return False
        self.acknowledged[self.number] = self.acknowledged.get(self.number, b"") + self.in_flight
        self.pages += 1
        self.in_flight = b""
        return True


recorder.SessionStore = WatchedStore


class Day:
    """A boot, a session with its strokes, new settings and the mark of a pull in between; it ends with the power.

    `number` is the session's, `strokes` those made, `safe` those that were to be on the flash when the day ended.
    """

    def __init__(self, flash, limit_n):
        self._flash = flash
        self._limit_n = limit_n
        self.settings = b""
        self.number = self.safe = 0

    def live(self):
        """Return whether the day came to its end; OSError when the flash cannot be mounted."""
        os.mount(os.VfsLfs2(self._flash), ROOT)
        settings, problem = load_settings("loadcell", SETTINGS)
        self._given = settings.to_dict()
        if problem:
            raise ValueError(problem)
        texts = {
            fmt.DEVICE: json.dumps(DEVICE),
            fmt.SETTINGS: json.dumps(settings.to_dict()),
            fmt.CALIBRATION: json.dumps(Calibration().to_dict()),
            fmt.ROUTINE: ROUTINE,
        }
        self._recorder = recorder.Recorder(Board(), texts, settings.trace, lambda: None, ROOT)
        self.store = self._recorder._store
        self._row = array("i", [0] * events.ROW_LEN)
        self.strokes = 0
        try:
            for _ in self._hours():
                if self._flash.is_off:
                    break
        except OSError:
            if not self._flash.is_off:
                raise
        self.store.close()
        os.umount(ROOT)
        return not self._flash.is_off

    def _hours(self):
        self._event(events.SESSION_START, 0, 1)
        self.number = self.store.number
        yield from self._roll(1000, STROKES)
        yield from self._write_settings(60000)
        yield from self._roll(61000, 40)
        yield from self._roll(90000, 20)
        with open(FOLDER + session_name(self.number) + PULLED_SUFFIX, "wb"):  # as the PC does
            pass
        yield
        self._event(events.SESSION_STOP, 110000, 1, 110000, 50000, 40000, 0)
        yield from self._write_page(110000)
        yield from self._write_page(110100)  # the seal

    def _roll(self, t_ms, count):
        """Strokes in contact, then 10 s without: what waits goes to the flash."""
        for _ in range(count):
            t_ms += 250
            self.strokes += 1
            self._event(events.STROKE, t_ms, self.strokes, t_ms - 240, t_ms - 140, 1, 0, 153211, 4012, 6033, 401003, 90)
        self._recorder.turn(t_ms, True)
        yield from self._write_page(t_ms + 100)
        yield from self._write_page(t_ms + 10200)

    def _write_page(self, t_ms):
        self._recorder.turn(t_ms, False)
        if self._recorder._writer.is_empty():
            self.safe = self.strokes
        yield

    def _write_settings(self, t_ms):
        """Write them beside the old ones and rename, as the link does."""
        settings = self._given
        settings["over_limit_n"] = self._limit_n
        self.settings = json.dumps(settings).encode()
        with open(SETTINGS + ".part", "wb") as part:
            for at in range(0, len(self.settings), 256):
                part.write(self.settings[at : at + 256])
        yield
        if read(SETTINGS + ".part") == self.settings:
            os.rename(SETTINGS + ".part", SETTINGS)
        yield

    def _event(self, *row):
        for i in range(events.ROW_LEN):
            self._row[i] = row[i] if i < len(row) else 0
        self._recorder.add_event(self._row, row[1])


def read(path):
    with open(path, "rb") as stream:
        return stream.read()


class Found:
    """What lies on a flash: `sessions` by number, in the order in which they are to be removed, and the settings."""

    def __init__(self, data):
        os.mount(os.VfsLfs2(RamFlash(BLOCKS, data)), ROOT)
        try:
            names = os.listdir(FOLDER) if "sessions" in os.listdir(ROOT) else []
            self.sessions = {session_number(name): read(FOLDER + name) for name in names if session_number(name)}
            pulled = [number for number in self.sessions if session_name(number) + PULLED_SUFFIX in names]
            self.order = sorted(pulled) + sorted([number for number in self.sessions if number not in pulled])
            self.settings = read(SETTINGS)
        finally:
            os.umount(ROOT)


class Sweep:
    """Looks at the flash after each cut and counts. `left`: what a session in `folder` may be left as, its strokes."""

    def __init__(self, folder):
        self._folder = folder
        self.unmountable = self.pages = self.removed = self.new_settings = 0
        self.lost = []
        self.left = {}

    def check(self, before, day, data, where):
        """Compare `before` and what the day left in `data`; return that, None when it cannot be mounted."""
        try:
            after = Found(data)
        except OSError:
            self.unmountable += 1
            return None
        wanted = dict(before.sessions)
        wanted.update(day.store.acknowledged)
        gone = [number for number in before.order if number not in after.sessions]
        if gone != before.order[: len(gone)]:
            self.lost.append((where, "removed out of turn", gone))
        for number in wanted:
            if number not in gone and not self._is_whole(number, wanted[number], day, after):
                self.lost.append((where, "pages", number))
        if after.settings not in (before.settings, day.settings):
            self.lost.append((where, "settings", len(after.settings)))
        self.pages += day.store.pages
        self.removed += len(gone)
        self.new_settings += after.settings == day.settings
        if after.sessions.get(day.number):
            self._keep(after.sessions[day.number], day)
        return after

    def _is_whole(self, number, data, day, after):
        found = after.sessions.get(number)
        return found == data or (number == day.number and found == data + day.store.in_flight)

    def _keep(self, data, day):
        name = hexlify(crc32(data).to_bytes(4, "big")).decode() + SUFFIX
        if name not in self.left:
            with open(self._folder + "/" + name, "wb") as stream:
                stream.write(data)
        self.left[name] = max(day.safe, self.left.get(name, 0))


def cuts(image, limit_n, stride, offset):
    """Yield a day for each `stride`-th cut of it, what it leaves of the flash and where it was; at last a whole one."""
    for torn in (False, True):
        cut = 1 + offset % stride
        finished = False
        while not finished:
            flash = RamFlash(BLOCKS, bytearray(image))
            flash.power = cut
            flash.torn = torn
            day = Day(flash, limit_n)
            finished = day.live()
            yield day, flash.data, (cut, torn)
            cut += stride


def prepared():
    """Return a flash that old sessions fill, the third of them pulled."""
    flash = RamFlash(BLOCKS)
    os.VfsLfs2.mkfs(flash)
    day = None
    while day is None or not day.store.removed:
        day = Day(flash, 8.0)
        day.live()
    os.mount(os.VfsLfs2(flash), ROOT)
    marked = sorted([number for number in map(session_number, os.listdir(FOLDER)) if number])
    for number in marked:
        if number != marked[2]:
            os.remove(FOLDER + session_name(number) + PULLED_SUFFIX)
    os.umount(ROOT)
    return flash.data


def main(first_stride, second_stride, folder):
    image = prepared()
    before = Found(image)
    sweep = Sweep(folder)
    count = {"first": 0, "second": 0, "third days": 0}
    for day, data, where in cuts(image, 9.0, int(first_stride), 0):
        count["first"] += 1
        after = sweep.check(before, day, data, where)
        if after is None:
            continue
        for second_day, second_data, second in cuts(data, 9.5, int(second_stride), count["first"]):
            count["second"] += 1
            last = sweep.check(after, second_day, second_data, where + second)
            if last is not None and count["second"] % THIRD_STRIDE == 0:
                count["third days"] += 1
                third = Day(RamFlash(BLOCKS, second_data), 10.0)
                if not third.live() or third.safe != third.strokes:
                    sweep.lost.append((where + second, "no third day", third.safe))
                sweep.check(last, third, second_data, where + second)
    for name in ("unmountable", "lost", "pages", "removed", "new_settings", "left"):
        count[name] = getattr(sweep, name)
    print(json.dumps(count))


main(*sys.argv[1:])
