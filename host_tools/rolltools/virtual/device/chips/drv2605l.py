# SPDX-License-Identifier: MIT
"""Model of the DRV2605L: modes, sequencer, IN pin, real-time playback and auto-calibration, driving an LRA.

Not modelled: PWM and audio input, edge timing within an effect, over-current.
"""

from micropython import const

from chips.chip import Chip

_STATUS = const(0x00)
_MODE = const(0x01)
_RTP = const(0x02)
_LIBRARY = const(0x03)
_SEQUENCE = const(0x04)
_GO = const(0x0C)
_COMP = const(0x18)
_BEMF = const(0x19)
_FEEDBACK = const(0x1A)
_CONTROL3 = const(0x1D)
_CONTROL4 = const(0x1E)
_VBAT = const(0x21)
_PERIOD = const(0x22)
_DIAG = const(0x08)
_LRA = const(0x80)
_OPEN_LOOP = const(0x01)
_FULL_MV = const(5600)  # of the supply's register
_PERIOD_NS = const(98460)  # of a step of the period's
_HEARD_PERCENT = const(20)  # of the amplitude: what rings less says nothing of its period
_NO_BRAKE = const(0x70)
_ID_L = const(0xE0)
_RESET = const(0x80)
_STANDBY = const(0x40)
_M_INTERNAL = const(0)
_M_EDGE = const(1)
_M_LEVEL = const(2)
_M_RTP = const(5)
_M_DIAG = const(6)
_M_AUTOCAL = const(7)
_SLOTS = const(8)
_RESET_US = const(250)
_CAL_MS = (250, 350, 600, 1100)  # middle of the ranges by 0x1E [5:4]
_DEFAULTS = {0x00: 0xE0, 0x01: 0x40, 0x04: 0x01, 0x16: 0x3F, 0x17: 0x89, 0x18: 0x0D, 0x19: 0x6D, 0x1A: 0x36}
_DEFAULTS.update({0x1B: 0x93, 0x1C: 0xF5, 0x1D: 0xA0, 0x1E: 0x20})
# Effect: (percent, ms). From memory of the part's library, as the register facts are; others play 100 ms.
_EFFECTS = {1: (100, 60), 10: (100, 150), 14: (100, 250), 15: (100, 750), 16: (100, 1000)}
_EFFECTS.update({47: (100, 250), 48: (80, 250), 49: (60, 250), 50: (40, 250), 51: (20, 250)})


class Drv2605l(Chip):
    """The haptic driver. `motor_open` makes its calibration fail; `before_change` is called ahead of a drive change.

    Its supply has `supply_mv`, 2000-5600.
    """

    SAVED = ("pointer", "_slot", "_in", "_asked")
    TIMES = ("_slot_end_us", "_cal_end_us", "_reset_end_us")

    def __init__(self, clock, address, pin, lra, before_change):
        super().__init__(clock, address, 0x23)
        self._lra = lra
        self._before_change = before_change
        self.motor_open = False
        self.supply_mv = 3300
        self._in = pin.level()
        pin.listen(self._on_pin)
        self.power_on()

    def power_on(self):
        """Reset all registers: standby, motor off."""
        for i in range(len(self.regs)):
            self.regs[i] = _DEFAULTS.get(i, 0)
        self._slot = 0
        self._slot_end_us = self._cal_end_us = self._reset_end_us = -1
        self._drive(0, self.clock.now_us())

    def vibration(self, t_us):
        """Return the LRA's amplitude in percent at `t_us`."""
        self.update(t_us)
        return self._lra.amplitude(t_us)

    def update(self, now_us):
        """Play on up to `now_us`."""
        if 0 <= self._reset_end_us <= now_us:
            self._reset_end_us = -1
            self.regs[_MODE] &= ~_RESET & 0xFF
        while 0 <= self._slot_end_us <= now_us:
            end_us = self._slot_end_us
            self._slot += 1
            self._begin_slot(end_us)
        if 0 <= self._cal_end_us <= now_us:
            self._end_calibration()

    def _drive(self, percent, t_us):
        self._asked = percent
        self._lra.set_drive(0 if self.motor_open else percent, t_us, self.brakes())

    def brakes(self):
        """Tell whether the motor is braked when it shall do less: in a closed loop, unless the factor says never."""
        return not self.regs[_CONTROL3] & _OPEN_LOOP and self.regs[_FEEDBACK] & _NO_BRAKE != _NO_BRAKE

    def _mode(self):
        mode = self.regs[_MODE]
        return -1 if mode & (_STANDBY | _RESET) else mode & 7

    def _start(self, t_us):
        self.regs[_GO] = 1
        self._slot = 0
        self._begin_slot(t_us)

    def _begin_slot(self, t_us):
        effect = self.regs[_SEQUENCE + self._slot] if self._slot < _SLOTS else 0
        if effect == 0 or self.regs[_LIBRARY] & 7 == 0:
            self._stop(t_us)
        elif effect & 0x80:
            self._drive(0, t_us)
            self._slot_end_us = t_us + (effect & 0x7F) * 10000
        else:
            percent, ms = _EFFECTS.get(effect, (100, 100))
            self._drive(percent, t_us)
            self._slot_end_us = t_us + ms * 1000

    def _stop(self, t_us):
        self.regs[_GO] = 0
        self._slot_end_us = self._cal_end_us = -1
        self._drive(0, t_us)

    def _end_calibration(self):
        end_us = self._cal_end_us
        self._stop(end_us)
        regs = self.regs
        if self.motor_open or not regs[_FEEDBACK] & _LRA:
            regs[_STATUS] |= _DIAG
            return
        regs[_STATUS] &= ~_DIAG & 0xFF
        if self._mode() == _M_AUTOCAL:  # a diagnosis looks at the motor, and changes nothing
            regs[_COMP], regs[_BEMF] = 0x0B, 0x72
            regs[_FEEDBACK] = regs[_FEEDBACK] & ~3 | 2

    def _supply(self):
        """Return the supply as the chip shows it: it is measured while the motor is driven, and only then worth a look.

        What the register holds at other times is not known; here it is 0.
        """
        return min(255, self.supply_mv * 255 // _FULL_MV) if self._asked else 0

    def _period(self):
        """Return the motor's period as the chip shows it: from its back-EMF, so an LRA that rings in a closed loop.

        What the register holds at other times is not known; here it is 0.
        """
        regs, lra = self.regs, self._lra
        closed = regs[_FEEDBACK] & _LRA and not regs[_CONTROL3] & _OPEN_LOOP
        if not closed or not lra.drive or lra.amplitude(self.clock.now_us()) < _HEARD_PERCENT:
            return 0
        return min(255, (1000000000 // lra.resonance_hz + _PERIOD_NS // 2) // _PERIOD_NS)

    def _on_pin(self, level):
        """Follow the IN pin: in level trigger its falling edge ends whatever plays."""
        now_us = self.clock.now_us()
        self._before_change()
        self.update(now_us)
        self._in = level
        mode = self._mode()
        if mode == _M_LEVEL:
            if level:
                self._start(now_us)
            else:
                self._stop(now_us)
        elif mode == _M_EDGE and level:
            if self.regs[_GO]:
                self._stop(now_us)
            else:
                self._start(now_us)

    def read(self, reg):
        """Return a register; reading the status clears its flags."""
        if reg == _VBAT:
            return self._supply()
        if reg == _PERIOD:
            return self._period()
        value = self.regs[reg]
        if reg == _STATUS:
            self.regs[_STATUS] = _ID_L
        return value

    def read_burst(self, reg, buffer):
        """Fill `buffer` from `reg` on, after everybody else has seen the drive as it was."""
        self._before_change()
        super().read_burst(reg, buffer)

    def write_burst(self, reg, data):
        """Take bytes from `reg` on, after everybody else has seen the drive as it was."""
        self._before_change()
        super().write_burst(reg, data)

    def write(self, reg, value):
        """Take a byte; what it measures is read-only, a chip in reset hears nothing."""
        now_us = self.clock.now_us()
        if reg in (_STATUS, _VBAT, _PERIOD) or self._reset_end_us >= 0:
            return
        if reg == _MODE:
            self._write_mode(value, now_us)
        elif reg == _GO:
            self._write_go(value & 1, now_us)
        else:
            self.regs[reg] = value
            if reg == _RTP and self._mode() == _M_RTP:
                self._play_rtp(now_us)

    def _write_mode(self, value, now_us):
        if value & _RESET:
            self.power_on()
            self.regs[_MODE] |= _RESET
            self._reset_end_us = now_us + _RESET_US
            return
        changed = (value ^ self.regs[_MODE]) & (_STANDBY | 7)
        self.regs[_MODE] = value
        if changed:
            self._stop(now_us)
        if self._mode() == _M_RTP:
            self._play_rtp(now_us)

    def _play_rtp(self, now_us):
        """Drive with the real-time register: it goes on until something else is written."""
        value = self.regs[_RTP]
        if self.regs[_CONTROL3] & 8:
            percent = value * 100 // 255
        else:
            percent = value * 100 // 127 if value < 128 else 0
        self._drive(percent, now_us)

    def _write_go(self, go, now_us):
        mode = self._mode()
        if not go:
            self._stop(now_us)
        elif mode in (_M_INTERNAL, _M_EDGE, _M_LEVEL):
            self._start(now_us)
        elif mode in (_M_DIAG, _M_AUTOCAL):
            self.regs[_GO] = 1
            self._drive(60, now_us)
            self._cal_end_us = now_us + _CAL_MS[self.regs[_CONTROL4] >> 4 & 3] * 1000

    def save(self, now_us):
        """Return the state for JSON."""
        state = super().save(now_us)
        lra = self._lra
        state["lra"] = [lra.drive, lra._from, lra._brake, lra._since_us - now_us]
        return state

    def restore(self, state, now_us):
        """Take over a saved state."""
        super().restore(state, now_us)
        lra = self._lra
        lra.drive, lra._from, lra._brake, since_us = state["lra"]
        lra._since_us = now_us + since_us

    def drive(self):
        """Return the percent the motor is driven with."""
        return self._lra.drive
