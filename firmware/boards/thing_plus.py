# SPDX-License-Identifier: MIT
"""The reference board: SparkFun Thing Plus ESP32 with LSM6DSOX, NAU7802 and load cell, DRV2605L with LRA, MAX17048.

The only file that knows its pins. A chip that is missing or fails is named in `faults`; what is left works.
"""

import time
from binascii import hexlify

import machine
import neopixel
from micropython import const

from drivers.drv2605l import DRV2605L
from drivers.lsm6dsox import LSM6DSOX
from drivers.lsm6dsox_check import ACCEL_FAILED, GYRO_FAILED, SCALE_WRONG, scale_is_right, self_test
from drivers.max17048 import MAX17048
from drivers.nau7802 import NAU7802
from rollcore.calibration import Calibration
from rollcore.sample import FORCE, FORCE_UNKNOWN, MOTOR, MOTOR_OWN

PIN_RGB = const(2)
PIN_HAPTIC = const(4)
PIN_LED = const(13)
PIN_SDA = const(21)
PIN_SCL = const(22)
PIN_IMU_INT1 = const(25)
PIN_FORCE_READY = const(26)
PIN_BUTTON = const(27)

ADDRESS_FORCE = const(0x2A)
ADDRESS_GAUGE = const(0x36)
ADDRESS_HAPTIC = const(0x5A)
ADDRESS_IMU = const(0x6A)

_I2C_HZ = const(400000)
_I2C_TIMEOUT_US = const(10000)
_FORCE_STALE_US = const(50000)  # without a new conversion the force is unknown, not the same
_FIRST_YEAR = const(2026)  # an earlier date was never set: the ESP32 wakes up in 2000
_EPOCH_2000_S = const(946684800)  # the ESP32 counts from 2000-01-01
_RESET_CAUSES = {
    machine.PWRON_RESET: "power on",
    machine.HARD_RESET: "reset",
    machine.WDT_RESET: "watchdog",
    machine.DEEPSLEEP_RESET: "deep sleep",
    machine.SOFT_RESET: "soft reset",
}


class Board:
    """The hardware as the app sees it; times in us or ms as named.

    `rate_hz` 50-416 is rounded up to a rate of the IMU, `calibration` turns counts into mN.
    """

    name = "thing_plus"
    force_kind = "loadcell"

    def __init__(self, rate_hz: int = 208, calibration=None):
        # 0. The motor pin low before anything that can fail.
        self._haptic_pin = machine.Pin(PIN_HAPTIC, machine.Pin.OUT, value=0)
        if not 50 <= rate_hz <= 416:
            raise ValueError("rate_hz %r is not in 50..416" % rate_hz)
        self.calibration = calibration or Calibration()
        self.faults: list[str] = []
        # 1. Pins. INT1 has a pull-down on the board and must never be pulled up: the IMU would come up deaf.
        self._int1 = machine.Pin(PIN_IMU_INT1, machine.Pin.IN)
        self._force_ready = machine.Pin(PIN_FORCE_READY, machine.Pin.IN)
        self._button = machine.Pin(PIN_BUTTON, machine.Pin.IN)
        self._led = machine.Pin(PIN_LED, machine.Pin.OUT, value=0)
        self._rgb = neopixel.NeoPixel(machine.Pin(PIN_RGB, machine.Pin.OUT), 1)
        # 2. Chips, the ones that take longest last.
        self._i2c = machine.I2C(
            0, scl=machine.Pin(PIN_SCL), sda=machine.Pin(PIN_SDA), freq=_I2C_HZ, timeout=_I2C_TIMEOUT_US
        )
        bus = self._i2c
        sleep_ms = self.sleep_ms
        self._haptic = self._try("haptic", lambda: DRV2605L(bus, ADDRESS_HAPTIC, sleep_ms, self._haptic_pin))
        self._gauge = self._try("gauge", lambda: MAX17048(bus, ADDRESS_GAUGE))
        self._make_imu(rate_hz)
        self._adc = self._try("force", lambda: NAU7802(bus, ADDRESS_FORCE, sleep_ms))
        # 3. State of sampling.
        self._count = 0
        self.waiting = 0  # samples that the last fetch found, those it left behind included
        self._force_mn = FORCE_UNKNOWN
        self._force_before_mn = FORCE_UNKNOWN
        self._force_age_us = 0
        self.fetched_us = self.ticks_us()  # when the last fetch was made

    def _make_imu(self, rate_hz):
        self._imu = self._try("imu", lambda: LSM6DSOX(self._i2c, ADDRESS_IMU, self.sleep_ms, rate_hz))
        self.period_us = self._imu.period_us if self._imu else 1000000 // rate_hz
        self.rate_hz = self._imu.rate_hz if self._imu else rate_hz

    def configure(self, rate_hz: int, calibration):
        """Take what the settings say; call it before `start`."""
        self.calibration = calibration
        if rate_hz != self.rate_hz:
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
                if not scale_is_right(self._imu, self.sleep_ms):
                    self._add_fault("imu_scale")
                self._imu.start()
            except OSError:
                self._add_fault("imu")
        self._count = 0

    def restart_imu(self):
        """Set up a silent IMU anew and start it, within 100 ms; the fault "imu" stays while it is not there."""
        self._count = 0
        self._make_imu(self.rate_hz)
        if self._imu:
            try:
                self._imu.start()
            except OSError:
                self._add_fault("imu")
            else:
                if "imu" in self.faults:
                    self.faults.remove("imu")

    def self_test(self):
        """Test the IMU at rest (1 s, sampling stops: `start` again) and return the list of faults."""
        if self._imu:
            failed = self_test(self._imu, self.sleep_ms)
            if failed & SCALE_WRONG:
                self._add_fault("imu_scale")
            if failed & (ACCEL_FAILED | GYRO_FAILED):
                self._add_fault("imu_test")
        return self.faults

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
        if self._imu:
            self._count = self._imu.fetch()
            self.waiting = self._imu.waiting
        return self._count

    def _read_force(self):
        adc = self._adc
        try:
            # The pin saves a transfer; the register counts where the wire is broken.
            if self._force_ready.value() or adc.ready():
                self._force_mn = self.calibration.to_mn(adc.counts())
                self._force_age_us = 0
                return
        except OSError:
            pass  # one failed read is none; where the whole bus is dead, the IMU's turn raises
        self._force_age_us += (self._count or 1) * self.period_us
        if self._force_age_us > _FORCE_STALE_US:
            self._force_age_us = _FORCE_STALE_US  # and no more: it must stay a small integer
            self._force_mn = FORCE_UNKNOWN
            self._add_fault("force")

    def sample(self, i: int, out):
        """Write sample `i` of the last fetch into `out`. No allocation.

        The conversion read by that fetch is about as old as its newest sample; the samples before it lie between
        this conversion and the one of the fetch before.
        """
        self._imu.decode(i, out)
        force_mn = self._force_mn
        before_mn = self._force_before_mn
        if i < self._count - 1:
            if force_mn == FORCE_UNKNOWN or before_mn == FORCE_UNKNOWN:
                force_mn = before_mn
            else:
                force_mn = before_mn + (force_mn - before_mn) * (i + 1) // self._count
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
        """Show a colour, each part 0-255."""
        self._rgb[0] = (red, green, blue)
        self._rgb.write()

    def battery(self):
        """Return (mV, tenths of a percent), or None without a gauge. OSError when the bus fails."""
        if not self._gauge:
            return None
        return self._gauge.voltage_mv(), self._gauge.percent_x10()

    def battery_rate_x10(self):
        """Return the charge rate in tenths of a percent an hour (negative: draining), or None without a gauge."""
        return self._gauge.rate_x10() if self._gauge else None

    def calibrate_motor(self):
        """Fit the haptic driver to its motor, which buzzes for a second; return what `restore_motor` takes, or None."""
        return self._haptic.calibrate() if self._haptic else None

    def restore_motor(self, results):
        """Give the haptic driver what `calibrate_motor` found once."""
        if self._haptic:
            self._haptic.restore(results)

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
        return _RESET_CAUSES.get(machine.reset_cause(), "unknown")

    def deep_sleep(self):
        """Sleep until motion or the button, then start anew. Does not return."""
        import esp32

        self.motor_off()
        self.led(False)
        self.rgb(0, 0, 0)
        self._quiet()
        esp32.wake_on_ext0(self._button, esp32.WAKEUP_ALL_LOW)
        esp32.wake_on_ext1((self._int1,), esp32.WAKEUP_ANY_HIGH)
        machine.deepsleep()

    def _quiet(self):
        """Put every chip to its lowest current; one that does not answer must not keep the others awake."""
        sleepers = (
            (self._haptic, "haptic", lambda: self._haptic.sleep()),
            (self._adc, "force", lambda: self._adc.sleep()),
            (self._imu, "imu", lambda: self._imu.wake_on_motion()),
        )
        for chip, fault, sleep in sleepers:
            if chip:
                try:
                    sleep()
                except OSError:
                    self._add_fault(fault)
