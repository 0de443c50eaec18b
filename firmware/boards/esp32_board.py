# SPDX-License-Identifier: MIT
"""What the boards share: the ESP32 itself, and a roller's chips as the app sees them.

A board file names its pins and chips in a subclass of `Esp32Board`. A chip that is missing or fails is named in
`faults`; what is left works.
"""

import time
from binascii import hexlify

import machine
import micropython
from micropython import const

from boards.i2c_bus import I2CBus
from boards.serial_port import SerialPort
from rollcore.calibration import Calibration
from rollcore.sample import FORCE, FORCE_UNKNOWN, MOTOR, MOTOR_OWN

_FULL_HZ = const(240000000)
_IDLE_HZ = const(160000000)
_FAILURES = const(0x46)  # marks the count of failures in the clock's memory; `boards/safe_mode.py` knows it, too
_MOST_FAILURES = const(3)
_FIRST_YEAR = const(2026)  # an earlier date was never set: the ESP32 wakes up in 2000
_EPOCH_2000_S = const(946684800)  # the ESP32 counts from 2000-01-01


class Esp32Board:
    """The hardware as the app sees it; times in us or ms as named.

    `pins` holds the GPIO numbers of "haptic", "sda", "scl", "button" (to ground when pressed) and "led". `rate_hz`
    50-416 becomes a rate of the IMU, `calibration` turns counts into mN. A subclass sets `name` and `force_kind` and
    gives its drivers (`_new_haptic()`, `_new_imu(rate_hz)`, `_new_adc()`, OSError where one fails), `_scale_is_right()`
    and `_read_force()`, which brings `_force_mn` up to now without allocating.
    """

    name = ""
    force_kind = ""
    _int1: object = None  # the pin on which the IMU tells of motion, where one is wired

    def _not_given(self, *_arguments):
        raise NotImplementedError

    _new_haptic = _new_imu = _new_adc = _scale_is_right = _read_force = _not_given

    def _new_gauge(self):
        """Return None: most boards have no gauge."""

    def __init__(self, pins, rate_hz: int, calibration):
        # 0. The motor pin low before anything that can fail.
        self._haptic_pin = machine.Pin(pins["haptic"], machine.Pin.OUT, value=0)
        if not 50 <= rate_hz <= 416:
            raise ValueError("rate_hz %r is not in 50..416" % rate_hz)
        self.calibration = calibration or Calibration()
        self.faults: list[str] = []
        # 1. Pins.
        self._button = machine.Pin(pins["button"], machine.Pin.IN)
        self._led = machine.Pin(pins["led"], machine.Pin.OUT, value=0)
        self.serial = SerialPort()
        # 2. Chips, the ones that take longest last.
        self._i2c = I2CBus(pins["sda"], pins["scl"])
        self._haptic = self._try("haptic", self._new_haptic)
        self._gauge = self._try("gauge", self._new_gauge)
        self._make_imu(rate_hz)
        self._adc = self._try("force", self._new_adc)
        # 3. State of sampling.
        self._count = 0
        self.waiting = 0  # samples that the last fetch found, those it left behind included
        self._force_mn = FORCE_UNKNOWN
        self._force_before_mn = FORCE_UNKNOWN
        self._force_age_us = 0
        self.fetched_us = self.ticks_us()  # when the last fetch was made

    def _make_imu(self, rate_hz):
        self._asked_hz = rate_hz
        self._imu = self._try("imu", lambda: self._new_imu(rate_hz))
        self.period_us = self._imu.period_us if self._imu else 1000000 // rate_hz
        self.rate_hz = self._imu.rate_hz if self._imu else rate_hz

    def configure(self, rate_hz: int, calibration):
        """Take what the settings say; call it before `start`."""
        self.calibration = calibration
        if rate_hz != self._asked_hz:
            self._make_imu(rate_hz)

    def _try(self, fault, make):
        try:
            return make()
        except OSError:
            self._add_fault(fault)
            return None

    def _add_fault(self, fault):
        if fault not in self.faults:
            self.faults.append(fault)

    def start(self):
        """Begin sampling with an empty FIFO; checks the IMU's scale against gravity (fault "imu_scale")."""
        if self._imu:
            try:
                self._imu.start()
                if not self._scale_is_right():
                    self._add_fault("imu_scale")
                self._imu.start()
            except OSError:
                self._add_fault("imu")
        self._count = 0

    def restart_imu(self):
        """Set up a silent IMU anew and start it, within 100 ms; the fault "imu" stays while it is not there."""
        self._count = 0
        self._make_imu(self._asked_hz)
        if self._imu:
            try:
                self._imu.start()
            except OSError:
                self._add_fault("imu")
            else:
                if "imu" in self.faults:
                    self.faults.remove("imu")

    def restart_force(self):
        """Set up anew a converter that gives nothing, if it is there; blocks for 0.4 s, and for 1.3 s where it fails.

        The IMU's FIFO holds what comes meanwhile; without a force there is no alarm to miss.
        """

    @micropython.native
    def fetch(self) -> int:
        """Read the newest force conversion, then the IMU's FIFO in one burst; return the number of samples.

        Call it about every 10 ms, again at once while `waiting` says that there are more. No allocation. OSError when
        the bus fails.
        """
        self._force_before_mn = self._force_mn
        if self._adc:
            self._read_force()
        self.fetched_us = time.ticks_us()
        self._count = self.waiting = 0
        imu = self._imu
        if imu:
            self._count = imu.fetch()
            self.waiting = imu.waiting
        return self._count

    @micropython.native
    def sample(self, i: int, out):
        """Write sample `i` of the last fetch into `out`. No allocation.

        The conversion read by that fetch is about as old as its newest sample; the samples before it lie between
        this conversion and the one of the fetch before.
        """
        self._imu.decode(i, out)
        force_mn = self._force_mn
        count = self._count
        if i < count - 1:
            before_mn = self._force_before_mn
            if force_mn == FORCE_UNKNOWN or before_mn == FORCE_UNKNOWN:
                force_mn = before_mn
            else:
                force_mn = before_mn + (force_mn - before_mn) * (i + 1) // count
        out[FORCE] = force_mn
        out[MOTOR] = MOTOR_OWN

    @property
    def overrun(self) -> bool:
        """Samples were lost ahead of the last fetch; reading it clears it."""
        if not self._imu:
            return False
        lost = self._imu.overrun
        self._imu.overrun = False
        return lost

    def motor(self, level: int):
        """Vibrate at `level` 0-100 percent. OSError when the bus fails; the motor is off then."""
        if self._haptic:
            self._haptic.play(level)

    def motor_off(self):
        """Stop the motor: the pin first. Never raises."""
        self._haptic_pin.value(0)
        if self._haptic:
            self._haptic.stop()

    def button(self) -> bool:
        """Tell whether the button is pressed."""
        return self._button.value() == 0

    def led(self, on):
        """Switch the blue LED."""
        self._led.value(1 if on else 0)

    def rgb(self, red: int, green: int, blue: int):
        """Show a colour, each part 0-255; nothing on a board without a coloured light."""

    def battery(self):
        """Return (mV, tenths of a percent), or None without a gauge. OSError when the bus fails."""
        if not self._gauge:
            return None
        return self._gauge.voltage_mv(), self._gauge.percent_x10()

    def plugged_in(self) -> bool:
        """Tell whether the power comes from outside: always, on a board without a cell. OSError when the bus fails."""
        return True

    def pace(self, full):
        """Run the processor at full speed, or as fast as it must without a session. Not slower: the engine goes on."""
        machine.freq(_FULL_HZ if full else _IDLE_HZ)

    def battery_rate_x10(self):
        """Return the charge rate in tenths of a percent an hour (negative: draining), or None without a gauge."""
        return self._gauge.rate_x10() if self._gauge else None

    def calibrate_motor(self):
        """Fit the haptic driver to its motor, which buzzes for a second; return what `restore_motor` takes, or None."""
        return self._haptic.calibrate() if self._haptic else None

    def restore_motor(self, results):
        """Give the haptic driver what `calibrate_motor` found once; ValueError when it is not of this motor."""
        if self._haptic:
            self._try("haptic", lambda: self._haptic.restore(results))

    @staticmethod
    def ticks_us():
        """Return us, wrapping at 2**30."""
        return time.ticks_us()

    @staticmethod
    def ticks_diff(end, start):
        """Return the us from `start` to `end`, good for 8.9 min either way."""
        return time.ticks_diff(end, start)

    @staticmethod
    def sleep_ms(ms: int):
        """Wait."""
        time.sleep_ms(ms)

    @staticmethod
    def watchdog(timeout_ms: int):
        """Start the watchdog and return it; call its feed() more often than every `timeout_ms`."""
        return machine.WDT(timeout=timeout_ms)

    @staticmethod
    def unix_time():
        """Return the wall clock in UTC as (seconds since 1970, ms), or None when it was never set."""
        if time.gmtime()[0] < _FIRST_YEAR:
            return None
        ns = time.time_ns()
        return ns // 1000000000 + _EPOCH_2000_S, ns // 1000000 % 1000

    @staticmethod
    def unique_id() -> str:
        """Return the number of this very board in hex."""
        return hexlify(machine.unique_id()).decode()

    @staticmethod
    def reset_cause() -> str:
        """Return why the processor started."""
        causes = {
            machine.PWRON_RESET: "power on",
            machine.HARD_RESET: "reset",
            machine.WDT_RESET: "watchdog",
            machine.DEEPSLEEP_RESET: "deep sleep",
            machine.SOFT_RESET: "soft reset",
        }
        return causes.get(machine.reset_cause(), "unknown")

    def safe_mode(self, root="") -> str:
        """Return why the app is not to be started, "" where it may be; ask once at the boot (`boards/safe_mode.py`)."""
        from boards.safe_mode import safe_mode

        return safe_mode(self, root)

    def record_death(self, error):
        """Stop the motor, and let the next start know of the exception that ended the app."""
        from boards.safe_mode import record_death

        self.motor_off()
        record_death(self, error)

    @staticmethod
    def keep_failures(count: int):
        """Keep how often in a row the app has failed, 0-255."""
        machine.RTC().memory(bytes((_FAILURES, count)))

    def deep_sleep(self, motion=True):
        """Sleep until the button, or (`motion`) motion where the IMU can tell, then start anew. Does not return."""
        from boards.deep_sleep import deep_sleep

        self.motor_off()
        self.led(False)
        self.rgb(0, 0, 0)
        self.keep_failures(0)  # who falls asleep did not fail
        deep_sleep((self._haptic, self._adc, self._imu), self._button, self._int1 if motion else None)
