# SPDX-License-Identifier: MIT
"""The shell around the engine: a few named tasks, no formulas, no registers.

sample    IMU and force to the engine, its verdict to the motor, every 10 ms
feedback  the motor off when samples stop coming
log       events and full pages to the flash
status    button, light, battery, garbage

A task that dies ends the app: the motor goes off, what is in RAM goes to the flash, and the error is shown.
"""

import asyncio
import gc
import sys

from config import load_calibration, load_settings
from micropython import const
from recorder import Recorder

from rollcore import VERSION
from rollcore.engine import Engine
from rollcore.events import new_row
from rollcore.faults import fault_code
from rollcore.sample import new_sample
from rollcore.sampleclock import SampleClock

_SAMPLE_MS = const(10)
_STALE_MS = const(50)
_FEEDBACK_MS = const(20)
_LOG_MS = const(50)
_STATUS_MS = const(50)
_GC_MS = const(1000)
_BATTERY_MS = const(60000)
_LONG_PRESS_MS = const(1000)
_BUS_TRIES = const(20)  # failed reads in a row, 10 ms apart, before the task gives up


class App:
    """One run of the firmware on `board` (see boards/)."""

    def __init__(self, board):
        self._board = board
        settings, settings_problem = load_settings(board.force_kind)
        calibration, calibration_problem = load_calibration()
        self._faults = []
        for problem in (settings_problem, calibration_problem):
            if problem:
                print("settings: %s; the defaults hold" % problem)
                self._faults = [fault_code("settings")]
        board.configure(settings.rate_hz, calibration)
        board.start()
        self._engine = Engine(settings)
        device = {"board": board.name, "device": board.unique_id(), "firmware": VERSION, "reset": board.reset_cause()}
        self._recorder = Recorder(board, settings, calibration, device)
        self._clock = SampleClock(board.period_us, board.ticks_us())
        self._sample = new_sample()
        self._row = new_row()
        self._motor_level = 0
        self._sampled_ms = 0
        self._named_faults = 0

    async def main(self):
        """Run until a task dies or Ctrl-C comes."""
        await asyncio.gather(self._sample_task(), self._feedback_task(), self._log_task(), self._status_task())

    def stop(self):
        """End whatever goes on: motor off first, then the session to the flash. Never leaves the motor on."""
        self._board.motor_off()
        self._motor_level = 0
        self._engine.finish(self._clock.now_ms)
        self._drain_events()
        self._recorder.close()

    # -- sample: the only path from a sensor to the motor ------------------------------------------------------

    async def _sample_task(self):
        failed = 0
        while True:
            try:
                more = self._take_samples()
                failed = 0
            except OSError:
                self._board.motor_off()
                failed += 1
                if failed == 1:
                    self._engine.fault(self._clock.now_ms, fault_code("imu"))
                if failed == _BUS_TRIES:
                    raise
                more = False
            self._drain_events()
            await asyncio.sleep_ms(0 if more else _SAMPLE_MS)

    def _take_samples(self):
        """Feed what waits in the IMU to the engine; return whether more may wait."""
        board, clock, engine, sample = self._board, self._clock, self._engine, self._sample
        count = board.fetch()
        clock.tick(board.fetched_us)
        more = count == board.fetch_max
        lost_ms = 0 if more else clock.lost_ms(count * board.period_us)
        if lost_ms:
            engine.gap(clock.now_ms, lost_ms)
        for i in range(count):
            board.sample(i, sample)
            t_ms = clock.next()
            engine.step(t_ms, board.period_us, sample)
            self._recorder.add_sample(t_ms, sample)
            if engine.motor_level != self._motor_level:
                self._command_motor(engine.motor_level)
        if count:
            self._sampled_ms = clock.now_ms
        return more

    def _command_motor(self, level):
        self._motor_level = level
        self._board.motor(level)

    def _drain_events(self):
        while self._engine.events.pop(self._row):
            self._clock.tick(self._board.ticks_us())
            self._recorder.add_event(self._row, self._clock.now_ms)

    # -- feedback ---------------------------------------------------------------------------------------------

    async def _feedback_task(self):
        while True:
            self._clock.tick(self._board.ticks_us())
            if self._motor_level and self._clock.now_ms - self._sampled_ms > _STALE_MS:
                self._motor_level = 0
                self._board.motor_off()
            await asyncio.sleep_ms(_FEEDBACK_MS)

    # -- log --------------------------------------------------------------------------------------------------

    async def _log_task(self):
        while True:
            if self._recorder.turn(self._clock.now_ms, self._engine.in_contact):
                self._motor_level = 0  # it was switched off for the write; the next step asks again
            await asyncio.sleep_ms(_LOG_MS)

    # -- status -----------------------------------------------------------------------------------------------

    async def _status_task(self):
        board, clock, engine = self._board, self._clock, self._engine
        pressed_ms = -1
        collected_ms = battery_ms = 0
        while True:
            now_ms = clock.now_ms
            pressed_ms = self._button(pressed_ms, now_ms)
            board.led(engine.in_session)
            if self._recorder.active:
                self._report_faults(now_ms)
                if battery_ms == 0 or now_ms - battery_ms >= _BATTERY_MS:
                    battery_ms = now_ms
                    self._read_battery(now_ms)
            else:
                battery_ms = 0
            if not engine.in_contact and now_ms - collected_ms >= _GC_MS:
                collected_ms = now_ms
                gc.collect()
            await asyncio.sleep_ms(_STATUS_MS)

    def _button(self, pressed_ms, now_ms):
        """Return since when the button is down, -1 when it is up. Short marks, long ends the session."""
        if self._board.button():
            return now_ms if pressed_ms < 0 else pressed_ms
        if pressed_ms >= 0:
            if now_ms - pressed_ms >= _LONG_PRESS_MS:
                self._engine.finish(now_ms)
            elif self._engine.in_session:
                self._engine.mark(now_ms)
        return -1

    def _report_faults(self, now_ms):
        """Write every fault of the board and its start into each session once."""
        for name in self._board.faults[self._named_faults :]:
            self._faults.append(fault_code(name))
        self._named_faults = len(self._board.faults)
        for code in self._faults:
            self._engine.fault(now_ms, code)
        self._faults.clear()

    def _read_battery(self, now_ms):
        try:
            reading = self._board.battery()
        except OSError:
            return  # the gauge is not needed to roll; it is asked again in a minute
        if reading:
            self._recorder.add_battery(now_ms, reading[0], reading[1])


def run(board):
    """Run the app on `board` until it dies or Ctrl-C comes; then the session is safe and the motor off."""
    app = App(board)
    try:
        asyncio.run(app.main())
    except KeyboardInterrupt:
        print("stopped: the session is on the flash")
    except Exception as error:  # noqa: BLE001 - whatever killed a task is shown, after the motor
        board.motor_off()
        sys.print_exception(error)
        raise
    finally:
        app.stop()
