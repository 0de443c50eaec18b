# SPDX-License-Identifier: MIT
"""The shell around the engine: a few named tasks, no formulas, no registers.

sample    IMU and force to the engine, its verdict to the motor, every 10 ms; feeds the watchdog
log       full pages to the flash
status    button, light, battery, faults, garbage

The motor goes off when samples stay away, and first of all in every way out. A task that dies ends the app: what is in
RAM goes to the flash, the error is shown, and the watchdog starts the board again. So it does when a task hangs. Ctrl-C
is somebody at the prompt: the watchdog cannot be stopped, but it then waits for longer than any upload takes.
"""

import asyncio
import gc
import sys

import micropython
from micropython import const
from recorder import Recorder

import rollcore
from rollcore.engine import Engine
from rollcore.events import new_row
from rollcore.faults import fault_code
from rollcore.haptics import CUE_BATTERY, CUE_ERROR
from rollcore.sample import FORCE, FORCE_UNKNOWN, new_sample
from rollcore.sampleclock import SampleClock
from rollcore.status_light import OFF, light

_DRAIN_MS = const(12)  # 10 ms and what a drain takes: two or three samples in turn
_STALE_MS = const(35)  # above the slowest rate's period and a drain; seen at the next drain: the motor is off by 50
_WATCHDOG_MS = const(2000)
_HOST_MS = const(86400000)  # a day: a pull of a full flash takes more than an hour
_LOG_MS = const(50)
_STATUS_MS = const(50)
_GC_MS = const(1000)
_BATTERY_MS = const(60000)
_BATTERY_WARN_MV = const(3500)  # about a tenth is left: the last of it goes within minutes, and without a cue
_BATTERY_LOW_MV = const(3300)  # a pulse of the motor would pull it below what the processor needs
_BATTERY_FINE_MV = const(3400)
_TOLD_OTHERWISE = "force low_battery haptic imu"  # faults with a cue of their own, or without any way to play one
_PROVEN_MS = const(60000)  # who ran for so long did not fail
_LONG_PRESS_MS = const(1000)
_SILENT_MS = const(200)  # without a sample the IMU counts as lost ...
_RETRY_MS = const(1000)  # ... is set up anew this often ...
_GIVE_UP_MS = const(10000)  # ... and this long keeps the session open
_BLINK_BIT = const(128)  # ms on, ms off


class App:
    """One run of the firmware on `board` (see boards/); its files lie below `root`, "" for the board's own."""

    def __init__(self, board, root=""):
        self._board = board
        self._problems = []  # names of what is wrong beside the faults of the board
        self._told = []  # names that the session knows already
        import config  # here, because `_let_go` forgets it

        settings, routine, texts, problems = config.load(board, root)
        for problem in problems:
            print("settings: %s; goes on without it" % problem)
            self._fault("settings")
        board.start()
        if board.faults:
            print("faults: " + ", ".join(board.faults))
        self._engine = Engine(settings, routine)
        self._recorder = Recorder(board, texts, settings.trace, self._before_write, root)
        self._clock = SampleClock(board.period_us, board.ticks_us())
        self._sample = new_sample()
        self._row = new_row()
        self._motor_level = 0
        self._rgb = OFF
        self._watchdog = None
        self._died = self._over = False
        self._sampled_ms = 0
        self._searched_ms = 0
        self._battery_told = self._proven = False
        self._deaf = False  # the IMU gives no samples: the roller can neither feel nor warn

    async def main(self):
        """Run until a task dies or Ctrl-C comes."""
        tasks = self._sample_task(), self._log_task(), self._status_task()
        await asyncio.gather(*[self._until_death(task) for task in tasks])

    async def _until_death(self, task):
        """Run a task; with its end the motor is off for good: the others have a turn each before the app ends."""
        try:
            await task
        finally:
            self._over = True
            self._motor_off()

    def record_death(self):
        """Let the session tell that a task died; the watchdog, not fed any more, then starts the board again."""
        self._died = True
        self._engine.fault(self._clock.now_ms, fault_code("task"))

    def stop(self):
        """End whatever goes on: motor off first, then the session to the flash. Never leaves the motor on."""
        self._motor_off()
        try:
            if not self._died:
                self._board.watchdog(_HOST_MS)
            self._engine.finish(self._clock.now_ms)
            self._drain_events()
        finally:
            self._recorder.close()
            self._board.led(False)
            self._show(OFF)

    # -- sample: the only path from a sensor to the motor ------------------------------------------------------

    async def _sample_task(self):
        board, clock = self._board, self._clock
        watchdog = self._watchdog = board.watchdog(_WATCHDOG_MS)
        while True:
            started_us = board.ticks_us()
            clock.tick(started_us)
            more = False
            try:
                more = self._take_samples()
            except OSError:
                self._motor_off()
            silent_ms = clock.now_ms - self._sampled_ms
            if silent_ms > _STALE_MS or self._deaf:
                self._miss_samples(silent_ms)
            self._drain_events()
            watchdog.feed()
            # From start to start: what a drain itself takes does not come on top.
            spent_ms = board.ticks_diff(board.ticks_us(), started_us) // 1000
            await asyncio.sleep_ms(0 if more else max(0, _DRAIN_MS - spent_ms))

    @micropython.native
    def _take_samples(self):
        """Feed what waits in the IMU to the engine; return whether more waits. OSError when the bus fails."""
        board = self._board  # one by one: four names at a time would make a tuple
        clock = self._clock
        engine = self._engine
        sample = self._sample
        count = board.fetch()
        clock.tick(board.fetched_us)
        if count == 0:
            return False
        period_us = clock.period_us
        lost_ms = clock.lost_ms(board.waiting * period_us)
        if lost_ms:
            engine.gap(clock.sample_ms, lost_ms)
        traces = self._recorder.traces
        for i in range(count):
            board.sample(i, sample)
            t_ms = clock.next()
            engine.step(t_ms, period_us, sample)
            if traces:
                self._recorder.add_sample(t_ms, sample)
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
            self._board.motor(level)
        except OSError:
            self._fault("haptic")  # the motor is off then; the roller goes on without it
            return
        if level:
            self._clock.tick(self._board.ticks_us())
            self._engine.commanded(self._clock.now_ms)

    def _motor_off(self):
        self._motor_level = 0
        self._board.motor_off()

    def _drain_events(self):
        while self._engine.events.pop(self._row):
            self._clock.tick(self._board.ticks_us())
            self._recorder.add_event(self._row, self._clock.now_ms)
        if self._recorder.state_due:
            self._recorder.add_state(self._engine, self._clock.now_ms)

    def _miss_samples(self, silent_ms):
        """Stop the motor; look for a silent IMU every second, and do not keep a session open for it for ever."""
        now_ms = self._clock.now_ms
        if self._motor_level:
            self._motor_off()
        deaf = silent_ms > _SILENT_MS
        if deaf != self._deaf:
            self._deaf = deaf
            self._searched_ms = now_ms
        if not deaf:
            self._forgive("imu")
        elif now_ms - self._searched_ms >= _RETRY_MS:
            self._searched_ms = now_ms
            self._board.restart_imu()
            self._clock.period_us = self._board.period_us
            if silent_ms > _GIVE_UP_MS:
                self._engine.finish(now_ms)
        else:
            self._fault("imu")

    def _before_write(self):
        """Stop the motor, and give the flash the watchdog's whole time: nothing else runs while it erases."""
        self._motor_off()
        if self._watchdog:
            self._watchdog.feed()

    # -- log --------------------------------------------------------------------------------------------------

    async def _log_task(self):
        while True:
            self._recorder.turn(self._clock.now_ms, self._engine.in_contact)
            if self._recorder.fault:
                self._fault(self._recorder.fault)
            await asyncio.sleep_ms(_LOG_MS)

    # -- status -----------------------------------------------------------------------------------------------

    async def _status_task(self):
        board, clock, engine = self._board, self._clock, self._engine
        pressed_ms = -1
        collected_ms = battery_ms = 0
        was_active = None
        while True:
            now_ms = clock.now_ms
            if now_ms >= _PROVEN_MS and not self._proven:
                self._proven = True
                board.keep_failures(0)
            pressed_ms = self._button(pressed_ms, now_ms)
            board.led(now_ms & _BLINK_BIT if self._deaf else engine.in_session)
            problems = self._problems
            faulty = problems or board.faults
            battery = "low_battery" in problems
            self._show(light(now_ms, engine.band, engine.in_session, faulty, battery, self._deaf))
            active = self._recorder.active
            if active != was_active or now_ms - battery_ms >= _BATTERY_MS:
                was_active, battery_ms = active, now_ms
                self._read_battery(now_ms)
            if active:
                self._tell_faults(now_ms)
            else:
                self._told.clear()
                self._battery_told = False
            if not engine.in_contact and now_ms - collected_ms >= _GC_MS:
                collected_ms = now_ms
                gc.collect()
            await asyncio.sleep_ms(_STATUS_MS)

    def _show(self, colour):
        if colour != self._rgb:
            self._rgb = colour
            self._board.rgb(*colour)

    def _button(self, pressed_ms, now_ms):
        """Return since when the button is down, -1 when it is up. Short marks or goes on, long ends the session."""
        if self._board.button():
            return now_ms if pressed_ms < 0 else pressed_ms
        if pressed_ms >= 0:
            if now_ms - pressed_ms >= _LONG_PRESS_MS:
                self._engine.finish(now_ms)
            elif self._engine.in_session:
                self._engine.press(now_ms)
            self._drain_events()  # between the samples in the log that it came between
        return -1

    def _cue(self, cue, now_ms):
        began = self._engine.cue(cue, now_ms)
        self._drain_events()  # as with the button
        return began

    def _fault(self, name):
        if name not in self._problems:
            self._problems.append(name)

    def _forgive(self, name):
        """Take a fault back: when it comes again, the session is told again."""
        if name in self._problems:
            self._problems.remove(name)
            if name in self._told:
                self._told.remove(name)

    def _tell_faults(self, now_ms):
        """Write every fault of the board and the app into the session once."""
        for names in (self._board.faults, self._problems):
            for name in names:
                if name not in self._told:
                    self._told.append(name)
                    self._engine.fault(now_ms, fault_code(name))
                    if name not in _TOLD_OTHERWISE:
                        self._cue(CUE_ERROR, now_ms)

    def _read_battery(self, now_ms):
        try:
            reading = self._board.battery()
        except OSError:
            return  # the gauge is not needed to roll; it is asked again in a minute
        if reading:
            if self._recorder.active:
                self._recorder.add_battery(now_ms, reading[0], reading[1])
            self._spare_battery(reading[0], now_ms)
            if self._recorder.active:
                self._warn_of_battery(reading[0], now_ms)

    def _warn_of_battery(self, mv, now_ms):
        """Tell a hand once in a session that the cell is low: felt as long as there is enough of it to do so."""
        if mv < _BATTERY_WARN_MV and not self._battery_told:
            self._battery_told = self._cue(CUE_BATTERY, now_ms)

    def _spare_battery(self, mv, now_ms):
        """Keep the motor off while the cell is nearly empty."""
        if mv < _BATTERY_LOW_MV:
            self._fault("low_battery")
            self._mute(True, now_ms)
            self._motor_off()
            self._recorder.hurry()
        elif mv >= _BATTERY_FINE_MV:
            self._forgive("low_battery")
            self._mute(False, now_ms)

    def _mute(self, muted, now_ms):
        self._engine.mute(muted, now_ms)
        self._drain_events()  # as with the button


def _let_go():
    """Forget the modules that only the boot needed: 8 KB that a board has better use for."""
    if sys.implementation.name == "micropython":
        del sys.modules["config"]
        del sys.modules["rollcore.settings"]
        del rollcore.settings


def run(board, root=""):
    """Run the app on `board` until it dies or Ctrl-C comes; then the session is safe and the motor off."""
    app = App(board, root)
    _let_go()
    try:
        asyncio.run(app.main())
    except KeyboardInterrupt:
        pass  # the way out: what follows is the same for all
    except Exception:
        app.record_death()
        raise
    finally:
        app.stop()
    print("stopped: the session is on the flash")
