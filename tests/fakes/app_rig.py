# SPDX-License-Identifier: MIT
"""The whole firmware on the reference board over its chip models, on CPython, in modelled time.

rig = AppRig(tmp_path, monkeypatch, pressed([(1.0, 0.0), (2.0, 14.0)]))
rig.at(1.5, lambda: rig.world.press(True))
rig.run(5.0)                      # Ctrl-C after 5 s
session = rig.session()
"""

import json
import os
import shutil
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import fakes.board_rig  # noqa: F401 - puts the modelled board's modules on the path

# isort: split
import answers
import sending
import upkeep
from clock import ENGINE_STEP_US, FLASH_ERASE_US, GC_US
from fakes.board_rig import Rig, pressed_rows, sample_file
from fakes.scripted_clock import ScriptedClock
from fakes.virtual_loop import VirtualAsyncio

import app
import storage
from rolltools.session import Session
from rolltools.session_log import read_session

MOTOR_PIN = 4
EPOCH_2000 = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
WALL_S = 840000000  # 2026-08


class _Gc:
    """The collector of the board: it takes its time and frees nothing here."""

    def __init__(self, clock):
        self._clock = clock

    def collect(self):
        self._clock.charge(GC_US)

    @staticmethod
    def mem_free():
        return 50000


class _Disk:
    """`open` for the store: every write stops the processor as an erase does, and must find the motor off."""

    def __init__(self, rig):
        self._rig = rig
        self._files = []

    def __call__(self, name, mode):
        self._before_write()
        self._files = [file for file in self._files if not file.closed]
        self._files.append(_DiskFile(name, mode, self._before_write))
        return self._files[-1]

    def copy(self, folder):
        """Go on with a copy of the working directory, in which the flash is, as a process that was forked does."""
        shutil.copytree(".", folder)
        os.chdir(folder)
        for file in self._files:
            file.reopen()

    def _before_write(self):
        rig = self._rig
        rig.written_with_motor.append(rig.motor_driven())
        if rig.disk_error:
            raise OSError(rig.disk_error, "injected")
        rig.clock.charge(FLASH_ERASE_US)


class _DiskFile:
    def __init__(self, name, mode, before_write):
        self._open(name, mode)
        self._before_write = before_write

    def _open(self, name, mode):
        self._stream = Path(name).open(mode)  # noqa: SIM115 - the store closes it

    @property
    def closed(self):
        return self._stream.closed

    def reopen(self):
        if not self.closed:
            self._open(self._stream.name, "ab")

    def write(self, data):
        self._before_write()
        return self._stream.write(data)

    def flush(self):
        self._stream.flush()

    def close(self):
        self._stream.close()


class AppRig(Rig):
    """The firmware with `root` as its flash; `written_with_motor` tells for each write whether the motor ran."""

    def __init__(self, root: Path, monkeypatch, samples=None, settings=None, **options):
        super().__init__(samples, ScriptedClock(), **options)
        self.root = root
        self.written_with_motor: list[bool] = []
        self.disk_error = 0
        self.error: BaseException | None = None
        self.clock.after_wait = self.world.tick
        self.world.chips["imu"].on_fifo_word = lambda: self.clock.charge(ENGINE_STEP_US // 2)
        self.set_settings({"session_gap_s": 5} | (settings or {}))
        self.asyncio = VirtualAsyncio(self.clock)
        for module in (app, sending):
            monkeypatch.setattr(module, "asyncio", self.asyncio)
        for module in (upkeep, answers):
            monkeypatch.setattr(module, "gc", _Gc(self.clock))
        self.disk = _Disk(self)
        monkeypatch.setattr(storage, "open", self.disk, raising=False)

    def set_settings(self, settings):
        (self.root / "settings.json").write_text(settings if isinstance(settings, str) else json.dumps(settings))

    def at(self, t_s: float, action):
        """Let `action()` happen `t_s` seconds after power-on."""
        self.clock.at(round(t_s * 1e6), action)

    def run(self, until_s: float, board=None):
        """Run the app from power-on until Ctrl-C at `until_s`; an exception of the app is kept in `error`."""
        self.at(until_s, self.interrupt)
        try:
            app.run(board or self.board(), str(self.root))
        except KeyboardInterrupt:
            assert self.clock.now_us() < 2000000, "only the start lets it through"
        except Exception as error:
            self.error = error

    def interrupt(self):
        raise KeyboardInterrupt

    def motor_driven(self) -> bool:
        """Tell whether the pin asks for the motor, or the motor is driven."""
        return bool(self.world.level(MOTOR_PIN)) or self.world.motor > 0

    def lights(self) -> list[tuple[float, int]]:
        """Return when the blue LED changed, in s, and to what."""
        return [(t_us / 1e6, value) for t_us, name, value in self.notes if name == "led"]

    def motor_spans(self) -> list[tuple[float, float]]:
        """Return the spans in s in which the motor was driven forward."""
        spans, start = [], None
        for t_us, name, value in self.notes:
            if name == "motor" and (value > 0) != (start is not None):
                if start is not None:
                    spans.append((start, t_us / 1e6))
                start = None if start is not None else t_us / 1e6
        return spans + ([(start, float("inf"))] if start is not None else [])

    def sessions(self) -> list[Session]:
        """Return the sessions on the flash, oldest first."""
        return [read_session(path) for path in sorted((self.root / "sessions").glob("*.roll"))]

    def set_wall_clock(self):
        """Set the board's real-time clock, so that its sessions know when they began."""
        self.world.rtc.set_us(WALL_S * 1000000 + self.clock.now_us())

    def start_of(self, session: Session) -> float:
        """Return when a session began, in s of the rig's clock."""
        return (datetime.fromisoformat(session.started_utc) - EPOCH_2000).total_seconds() - WALL_S

    def on_clock_of_the_samples(self, session: Session, felt=False):
        """Return strokes and alarms as a replay gives them, on the clock of the samples.

        `felt`: alarms count from when the motor was commanded, not from when the engine asked for them.
        """
        shift = self.start_of(session) - self.world.samples._start_us / 1e6
        strokes = []
        for stroke in session.strokes:
            row = {name.removesuffix("_s") if name[:2] == "t_" else name: v for name, v in asdict(stroke).items()}
            strokes.append({name: value + shift if name[:2] == "t_" else value for name, value in row.items()})
        over = []
        for alarm in session.overpressure:
            on_s = alarm.t_told_s if felt else alarm.t_on_s
            if on_s is not None:
                over.append({"t_on": on_s + shift, "t_off": alarm.t_off_s + shift, "peak_n": alarm.peak_n})
        return {"strokes": strokes, "overpressure": over}

    def session(self) -> Session:
        """Return the only session on the flash."""
        (session,) = self.sessions()
        return session


def pressed(steps):
    """Return samples of a roller that stands still and is pressed: (seconds, newtons) steps, joined by 50 ms ramps."""
    return sample_file(pressed_rows(steps))
