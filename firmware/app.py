# SPDX-License-Identifier: MIT
"""The shell around the engine: a few named tasks, no formulas, no registers.

sample    IMU and force to the engine, its verdict to the motor, every 10 ms; feeds the watchdog
log       full pages to the flash
upkeep    the rest, every 50 ms: see upkeep.py, and console.py for the host

The motor goes off when samples stay away, and first of all in every way out. A task that dies ends the app: what is in
RAM goes to the flash, the error is shown, and the watchdog starts the board again. So it does when a task hangs. Ctrl-C
is somebody at the prompt: the watchdog cannot be stopped, but it then waits for longer than any upload takes. Where
nothing goes on the app ends in deep sleep, from which the board starts anew (see rollcore/lifecycle.py).
"""

import asyncio
import sys

import micropython
from micropython import const
from recorder import Recorder
from upkeep import Upkeep

from rollcore.engine import Engine
from rollcore.events import new_row
from rollcore.sample import FORCE, FORCE_UNKNOWN, new_sample
from rollcore.sampleclock import SampleClock
from rollcore.status_light import OFF

_DRAIN_MS = const(12)  # 10 ms and what a drain takes: two or three samples in turn
_STALE_MS = const(35)  # above the slowest rate's period and a drain; seen at the next drain: the motor is off by 50
_WATCHDOG_MS = const(2000)
_HOST_MS = const(86400000)  # a day: a pull of a full flash takes more than an hour
_LOG_MS = const(50)
_UPKEEP_MS = const(50)
_SILENT_MS = const(200)  # without a sample the IMU counts as lost ...
_SOON_MS = const(100)  # ... is set up anew so soon, where the bus works: its supply may have broken down ...
_RETRY_MS = const(1000)  # ... then this often ...
_GIVE_UP_MS = const(10000)  # ... and this long keeps the session open


class AsleepError(Exception):
    """It is time to sleep."""


class App:
    """One run of the firmware on `board` (see boards/); its files lie below `root`, "" for the board's own.

    `upkeep` and `console` work with it: they use `board`, `root`, `engine`, `recorder`, `deaf` (the IMU gives no
    samples: the roller can neither feel nor warn), `drain_events` and `motor_off`.
    """

    def __init__(self, board, root=""):
        self.board = board
        self.root = root
        settings, routine, texts, problems = _read_files(board, root)
        self.upkeep = Upkeep(self, settings.sleep_s)
        self.console = None
        for problem in problems:
            print("settings: %s; goes on without it" % problem)
            self.upkeep.fault("settings")
        board.start()
        if board.faults:
            print("faults: " + ", ".join(board.faults))
        self.recorder = Recorder(board, texts, settings.trace, self.before_write, root)
        self.engine = Engine(settings, routine)
        _forget("drivers.lsm6dsox_check", "rollcore.records")
        self._clock = SampleClock(board.period_us, board.ticks_us())
        self._sample = new_sample()
        self._row = new_row()
        self._motor_level = 0
        self._watchdog = None
        self._over = False
        self._sampled_ms = 0
        self._searched_ms = 0
        self.deaf = False

    async def main(self):
        """Run until a task dies or Ctrl-C comes."""
        tasks = self._sample_task(), self._log_task(), self._upkeep_task()
        await asyncio.gather(*[self._until_death(task) for task in tasks])

    async def _until_death(self, task):
        """Run a task; with its end the motor is off for good: the others have a turn each before the app ends."""
        try:
            await task
        finally:
            self._over = True
            self.motor_off()

    def record_death(self):
        """Let the session tell that a task died; the watchdog, not fed any more, then starts the board again."""
        from rollcore.faults import fault_code

        self.engine.fault(self._clock.now_ms, fault_code("task"))

    def stop(self, patient):
        """End whatever goes on: motor off first, then the session to the flash. Never leaves the motor on.

        `patient`: so is the watchdog, for somebody is at the prompt.
        """
        self.motor_off()
        try:
            if patient:
                self.board.watchdog(_HOST_MS)
            self.engine.finish(self._clock.now_ms)
            self.drain_events()
        finally:
            self.recorder.close()
            self.board.led(False)
            self.upkeep.show(OFF)

    # -- sample: the only path from a sensor to the motor ------------------------------------------------------

    async def _sample_task(self):
        board, clock = self.board, self._clock
        watchdog = self._watchdog = board.watchdog(_WATCHDOG_MS)
        while True:
            started_us = board.ticks_us()
            clock.tick(started_us)
            more = False
            try:
                more = self._take_samples()
            except OSError:
                self.motor_off()
                self._searched_ms = clock.now_ms - _RETRY_MS + _SOON_MS  # the chip may have kept its samples
            silent_ms = clock.now_ms - self._sampled_ms
            if silent_ms > _STALE_MS or self.deaf:
                self._miss_samples(silent_ms)
            self.drain_events()
            watchdog.feed()
            # From start to start: what a drain itself takes does not come on top.
            spent_ms = board.ticks_diff(board.ticks_us(), started_us) // 1000
            await asyncio.sleep_ms(0 if more else max(0, _DRAIN_MS - spent_ms))

    @micropython.native
    def _take_samples(self):
        """Feed what waits in the IMU to the engine; return whether more waits. OSError when the bus fails."""
        board = self.board  # one by one: four names at a time would make a tuple
        clock = self._clock
        engine = self.engine
        sample = self._sample
        count = board.fetch()
        clock.tick(board.fetched_us)
        if count == 0:
            return False
        period_us = clock.period_us
        lost_ms = clock.lost_ms(board.waiting * period_us)
        if lost_ms:
            engine.gap(clock.sample_ms, lost_ms)
        traces = self.recorder.traces
        for i in range(count):
            board.sample(i, sample)
            t_ms = clock.next()
            engine.step(t_ms, period_us, sample)
            if traces:
                self.recorder.add_sample(t_ms, sample)
            level = engine.motor_level
            if level and engine.force_known and sample[FORCE] == FORCE_UNKNOWN:
                level = 0  # the engine waits for longer before it believes that; its alarm does not
            if level != self._motor_level:
                self._command_motor(level)
        self._sampled_ms = clock.now_ms
        return board.waiting > count

    def _command_motor(self, level):
        self._motor_level = level
        if self._over:
            level = 0
        try:
            self.board.motor(level)
        except OSError:
            self.upkeep.fault("haptic")  # the motor is off then; the roller goes on without it
            return
        if level:
            self.upkeep.forgive("haptic")
            self._clock.tick(self.board.ticks_us())
            self.engine.commanded(self._clock.now_ms)

    def motor_off(self):
        """Stop the motor. Never raises."""
        self._motor_level = 0
        self.board.motor_off()

    def drain_events(self):
        """Bring what the engine said to the log: between the samples there that it came between."""
        while self.engine.events.pop(self._row):
            self._clock.tick(self.board.ticks_us())
            self.recorder.add_event(self._row, self._clock.now_ms)
            if self.console and self.console.live:
                self.console.live.add(self._row)
        if self.recorder.state_due:
            self.recorder.add_state(self.engine, self._clock.now_ms)

    def _miss_samples(self, silent_ms):
        """Stop the motor; set a silent IMU up anew, and do not keep a session open for it for ever."""
        now_ms = self._clock.now_ms
        if self._motor_level:
            self.motor_off()
        deaf = silent_ms > _SILENT_MS
        if deaf != self.deaf:
            self.deaf = deaf
            self._searched_ms = now_ms - _RETRY_MS + _SOON_MS
        if not deaf:
            self.upkeep.forgive("imu")
            return
        self.upkeep.fault("imu")
        if silent_ms > _GIVE_UP_MS:
            self.engine.finish(now_ms)
        if now_ms - self._searched_ms >= _RETRY_MS:
            self._searched_ms = now_ms
            self.board.restart_imu()
            self._clock.period_us = self.board.period_us

    def before_write(self):
        """Stop the motor, and give the flash the watchdog's whole time: nothing else runs while it erases."""
        self.motor_off()
        if self._watchdog:
            self._watchdog.feed()

    # -- log --------------------------------------------------------------------------------------------------

    async def _log_task(self):
        while True:
            self.recorder.turn(self._clock.now_ms, self.engine.in_contact)
            if self.recorder.fault:
                self.upkeep.fault(self.recorder.fault)
            await asyncio.sleep_ms(_LOG_MS)

    async def _upkeep_task(self):
        while True:
            now_ms = self._clock.now_ms
            if self.upkeep.step(now_ms, self._sample):
                raise AsleepError
            if self.console or self.board.serial.waits():
                self._hear(now_ms)
            await asyncio.sleep_ms(_UPKEEP_MS)

    def _hear(self, now_ms):
        if not self.console:
            from console import Console  # 2 KB that a roller without a host never needs

            self.console = Console(self)
        self.console.step(now_ms)


def _read_files(board, root):
    """Return what `config.load` does; the 8 KB that nothing else needs are free again then."""
    import config

    found = config.load(board, root)
    _forget("config", "rollcore.settings")
    return found


def _forget(*names):
    """Forget modules that only the boot needed: a board has better use for their room."""
    if sys.implementation.name == "micropython":
        for name in names:
            if sys.modules.pop(name, None):
                package, _, module = name.partition(".")
                if module:
                    delattr(sys.modules[package], module)


def run(board, root=""):
    """Run the app on `board` until it dies, sleeps or Ctrl-C comes; then the session is safe and the motor off."""
    app = App(board, root)
    patient = True
    try:
        asyncio.run(app.main())
    except KeyboardInterrupt:
        pass  # the way out: what follows is the same for all
    except AsleepError:
        patient = False
    except Exception:
        patient = False
        app.record_death()
        raise
    finally:
        app.stop(patient)
    if not patient:
        board.keep_failures(0)
        board.deep_sleep(app.upkeep.motion_wakes)
    print("stopped: the session is on the flash")
