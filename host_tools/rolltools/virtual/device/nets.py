# SPDX-License-Identifier: MIT
"""Wires between the ESP32 and the rest of the board: who drives a net, and who is told when its level changes."""

FULL_U16 = 65535


class Net:
    """One wire. The ESP32 wins over a chip, a chip over the board's resistor, that over the ESP32's weak pull.

    `pull` is the resistor on the board (0, 1 or None); `owner` the chip whose state decides the level, brought up to
    date before the level is read. `share_u16` is the part of the time, of 65535, that the net is high: all or nothing
    but under pulse width.
    """

    def __init__(self, pull=None):
        self.pull = pull
        self.owner = None
        self.esp = None
        self._chip = None
        self._weak = None
        self._level = pull or 0
        self.pulsed = False  # by the ESP32's pulse width
        self._on_u16 = FULL_U16
        self.share_u16 = self._level * FULL_U16
        self._listeners = []
        self._share_listeners = []

    def listen(self, callback):
        """Call `callback(level)` at every change of the level from now on."""
        self._listeners.append(callback)

    def listen_share(self, callback):
        """Call `callback(share_u16)` at every change of the share from now on."""
        self._share_listeners.append(callback)

    def unlisten(self, callback):
        """Forget a callback given to `listen`."""
        if callback in self._listeners:
            self._listeners.remove(callback)

    def from_esp(self, level):
        """Drive the net from the ESP32 with 0 or 1, or let go of it with None."""
        self._drive(level, FULL_U16, False)

    def pulses_from_esp(self, on_u16):
        """Drive the net from the ESP32 by pulse width: high for `on_u16` of 65535 of the time."""
        self._drive(1 if on_u16 else 0, on_u16, True)

    def _drive(self, level, on_u16, pulsed):
        self.esp = level
        self._on_u16 = on_u16
        self.pulsed = pulsed
        self._settle()

    def from_chip(self, level):
        """Drive the net from a chip or a button with 0 or 1, or let go of it with None."""
        self._chip = level
        self._settle()

    def weak_pull(self, level):
        """Set the ESP32's internal pull: 0, 1 or None."""
        self._weak = level
        self._settle()

    def level(self):
        """Return the level, 0 or 1."""
        return self._level

    def release(self):
        """Let go of everything the ESP32 does to the net, as its reset does."""
        self.esp = None
        self.pulsed = False
        self._weak = None
        self._settle()

    def _settle(self):
        level = 0
        for source in (self.esp, self._chip, self.pull, self._weak):
            if source is not None:
                level = source
                break
        if level != self._level:
            self._level = level
            for callback in self._listeners:
                callback(level)
        share_u16 = (self._on_u16 if self.esp else FULL_U16) if level else 0
        if share_u16 != self.share_u16:
            self.share_u16 = share_u16
            for callback in self._share_listeners:
                callback(share_u16)
