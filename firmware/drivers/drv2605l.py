# SPDX-License-Identifier: MIT
"""DRV2605L, the haptic driver, with an LRA of 175 Hz and 2 Vrms.

    haptic = DRV2605L(i2c, 0x5A, time.sleep_ms, Pin(4, Pin.OUT, value=0))
    haptic.play(60)                   # percent
    haptic.play(0)

The chip drives the LRA in a closed loop and brakes it by itself whenever a cue ends.

Cues play in level-trigger mode: the IN pin starts the sequence and its falling edge ends it, without the bus. So a
held bus, a reset or a dead processor (the pin has a pull-down) cannot leave the motor on.
"""

from micropython import const

from drivers.registers import Registers

_STATUS = const(0x00)
_MODE = const(0x01)
_SEQUENCE = const(0x04)
_GO = const(0x0C)
_CAL_COMP = const(0x18)
_CAL_BEMF = const(0x19)
_FEEDBACK = const(0x1A)

_ID_MASK = const(0xE0)
_ID_L = const(0xE0)  # the 2605 without L is 0x60
_DIAG_FAILED = const(0x08)
_RESET = const(0x80)
_STANDBY = const(0x40)
_LEVEL_TRIGGER = const(0x02)
_AUTO_CALIBRATION = const(0x07)
_FEEDBACK_LRA = const(0xB6)  # LRA, braked four times as hard as it is driven, medium loop gain
_GAIN_FOUND = const(0x03)  # the bits of that register which the calibration finds

_BUZZ_FULL = const(47)  # effects 47..51 buzz at 100, 80, 60, 40, 20 %
_SLOTS = const(8)
_EIO = const(5)
_RESET_MS = const(20)
_CALIBRATION_MS = const(1500)

# Rated 2 Vrms and its overdrive clamp at 175 Hz; drive time half a period; unsigned real-time input; long calibration.
_INIT = (
    (0x16, 0x53),
    (0x17, 0x8D),
    (_FEEDBACK, _FEEDBACK_LRA),
    (0x1B, 0x98),
    (0x1C, 0xF5),
    (0x1D, 0xA8),
    (0x1E, 0x30),
    (0x03, 0x06),  # the library for LRAs
)


class DRV2605L:
    """The driver at `address`; `trigger` is a pin (value(level)) wired to IN. OSError when the chip is not there."""

    def __init__(self, bus, address: int, sleep_ms, trigger):
        trigger.value(0)
        self._trigger = trigger
        self._sleep_ms = sleep_ms
        self._regs = Registers(bus, address, "DRV2605L")
        self._regs.expect_id(_STATUS, _ID_MASK, _ID_L)
        # Reset first: a slow supply ramp can leave the chip running its motor.
        self._regs.write(_MODE, _RESET)
        self._regs.wait(_MODE, _RESET, 0, _RESET_MS, sleep_ms)
        self._fitted: tuple = ()  # what `restore` wrote
        self._configure()
        self._sequence = bytearray(_SLOTS)
        self._playing = 0  # effect that plays, 0 for none

    def _configure(self):
        self._regs.write_all(_INIT)
        self._regs.write_all(self._fitted)
        self.wake()
        self._effect = 0  # in the sequencer

    def play(self, percent: int):
        """Buzz at 20, 40, 60, 80 or 100 % (`percent` 1-100 is rounded up); 0 stops through the pin. No allocation.

        One call buzzes for the eight effects of a sequence, about 2 s; asked for the same again it does nothing.
        OSError when the bus fails; the motor is off then.
        """
        if not 0 <= percent <= 100:
            raise ValueError("percent %r is not in 0..100" % percent)
        effect = _BUZZ_FULL + (100 - percent) // 20 if percent else 0
        if effect == self._playing:
            return
        self._trigger.value(0)
        self._playing = 0
        if effect == 0:
            return
        if effect != self._effect:
            self._load(effect)
        self._trigger.value(1)
        try:
            if self._regs.read(_MODE) != _LEVEL_TRIGGER:  # after the edge: a cue does not wait for it
                self._trigger.value(0)
                self._configure()  # its supply broke down: it has forgotten all
                self._load(effect)
                self._trigger.value(1)
        except OSError:
            self._trigger.value(0)
            raise
        self._playing = effect

    def _load(self, effect):
        self._effect = 0
        for i in range(_SLOTS):
            self._sequence[i] = effect
        self._regs.write_from(_SEQUENCE, self._sequence)
        self._effect = effect

    def stop(self):
        """Stop whatever plays: the pin first, then the bus as far as it works. Never raises."""
        self._trigger.value(0)
        self._playing = 0
        try:
            self._regs.write(_GO, 0)
        except OSError:
            pass  # the pin has done it already

    def calibrate(self):
        """Let the chip fit itself to the motor (it buzzes for a second); return the three result registers.

        OSError when the motor does not answer. Give the results to `restore` at the next start.
        """
        self.stop()
        self._regs.write(_MODE, _AUTO_CALIBRATION)
        try:
            self._regs.write(_GO, 1)
            self._regs.wait(_GO, 1, 0, _CALIBRATION_MS, self._sleep_ms)
            failed = self._regs.read(_STATUS) & _DIAG_FAILED
        finally:
            self.wake()
        if failed:
            raise OSError(_EIO, "DRV2605L: no motor answers the calibration")
        return self._regs.read(_CAL_COMP), self._regs.read(_CAL_BEMF), self._regs.read(_FEEDBACK)

    def restore(self, results):
        """Write the registers that `calibrate` returned; ValueError when they are not from an LRA driven as here.

        The chip finds a gain only: with another loop gain or braking factor the motor would stop late.
        """
        known = len(results) == 3 and min(results) >= 0 and max(results) <= 0xFF
        if not known or results[2] & ~_GAIN_FOUND != _FEEDBACK_LRA & ~_GAIN_FOUND:
            raise ValueError("calibration %r is not of this LRA" % (results,))
        self._fitted = ((_CAL_COMP, results[0]), (_CAL_BEMF, results[1]), (_FEEDBACK, results[2]))
        self._regs.write_all(self._fitted)

    def sleep(self):
        """Go to standby; the motor is off."""
        self._trigger.value(0)
        self._playing = 0
        self._regs.write(_MODE, _STANDBY | _LEVEL_TRIGGER)

    def wake(self):
        """Leave standby for level trigger."""
        self._regs.write(_MODE, _LEVEL_TRIGGER)
