# SPDX-License-Identifier: MIT
"""What goes on beside the samples, every 50 ms: button, light, battery, faults, garbage, and the roller's state."""

import gc

from micropython import const

from rollcore.haptics import CUE_BATTERY, CUE_ERROR
from rollcore.lifecycle import ASLEEP, SESSION, Lifecycle
from rollcore.status_light import OFF, light

_GC_MS = const(1000)
_BATTERY_MS = const(60000)
_BATTERY_WARN_MV = const(3500)  # about a tenth is left: the last of it goes within minutes, and without a cue
_BATTERY_FINE_MV = const(3400)
_BATTERY_LOW_MV = const(3300)  # a pulse of the motor would pull it below what the processor needs
_BATTERY_FLOOR_MV = const(3200)  # the supply may break down in the middle of an erase
_TOLD_OTHERWISE = const(
    "force low_battery haptic imu"
)  # faults with a cue of their own, or without any way to play one
_FORCE_AGAIN_MS = const(5000)
_PROVEN_MS = const(60000)  # who ran for so long did not fail
_LONG_PRESS_MS = const(1000)
_BLINK_BIT = const(128)  # ms on, ms off


class Upkeep:
    """Keeps `app` (see app.py) in order; `step` it every 50 ms. `faults` are names of what is wrong beside the board's.

    It sleeps after `sleep_s` without anything going on.
    """

    def __init__(self, app, sleep_s):
        self._app = app
        self.faults = []
        self._told = []  # names of faults that the session knows already, and "battery"
        self._lifecycle = Lifecycle(sleep_s)
        self._again_ms = 0  # when a lost force is tried anew
        self._kept = {"settings": True}  # names, and whether the fault log has them of this start; that from the boot
        self._rgb = OFF
        self._pressed_ms = -1  # since when the button is down, -1 while it is up
        self._held = False  # and so long that its press is taken
        self._collected_ms = self._battery_ms = 0
        self._was_active = None
        self._proven = self._empty = False
        self._plugged = True  # until the gauge was asked
        self.busy = False  # set by who wants it awake

    @property
    def state(self):
        """The state of the roller (`rollcore.lifecycle`)."""
        return self._lifecycle.state

    @property
    def motion_wakes(self):
        """Whether motion is to wake it, too: not where every start takes of the last of the cell."""
        return not self._empty

    def step(self, now_ms, sample):
        """Do what is due at `now_ms`; return whether the roller is to sleep. `sample` is the newest."""
        app = self._app
        engine = app.engine
        if now_ms >= _PROVEN_MS and not self._proven:
            self._proven = True
            app.board.keep_failures(0)
        self._button(now_ms)
        app.board.led(now_ms & _BLINK_BIT if app.deaf else engine.in_session)
        faulty = self.faults or app.board.faults
        self.show(light(now_ms, engine.band, engine.in_session, faulty, "low_battery" in self.faults, app.deaf))
        active = app.recorder.active
        if active != self._was_active or now_ms - self._battery_ms >= _BATTERY_MS:
            self._was_active, self._battery_ms = active, now_ms
            self._read_battery(now_ms)
        if active:
            self._tell_faults(now_ms)
        else:
            self._told.clear()
        self._restart_force(now_ms)  # after its fault was told
        if not engine.in_contact and now_ms - self._collected_ms >= _GC_MS:
            self._collected_ms = now_ms
            gc.collect()
            self._keep_faults(now_ms)
        return self._live(now_ms, sample)

    def _live(self, now_ms, sample):
        """Bring the state up to now, and the processor to its pace; return whether it is time to sleep."""
        engine = self._app.engine
        lifecycle = self._lifecycle
        moved = lifecycle.moved(sample)
        busy = self.busy or moved or self._plugged or engine.in_contact or self._pressed_ms >= 0
        self.busy = False
        if lifecycle.step(now_ms, engine.in_session, busy, self._empty):
            self._app.board.pace(lifecycle.state == SESSION)
        return lifecycle.state == ASLEEP

    def show(self, colour):
        """Show a colour, if it is another."""
        if colour != self._rgb:
            self._rgb = colour
            self._app.board.rgb(*colour)

    # -- button -----------------------------------------------------------------------------------------------

    def _button(self, now_ms):
        """Short: a mark, or the routine goes on. Long: the session ends, or one begins."""
        if self._app.board.button():
            if self._pressed_ms < 0:
                self._pressed_ms = now_ms
            if not self._held and now_ms - self._pressed_ms >= _LONG_PRESS_MS:
                self._held = True  # taken while it is down: a hand that holds it wants to know
                self._app.engine.toggle(now_ms)
                self._app.drain_events()
        elif self._pressed_ms >= 0:
            if not self._held and self._app.engine.in_session:
                self._app.engine.press(now_ms)
                self._app.drain_events()
            self._pressed_ms = -1
            self._held = False

    def cue(self, cue, now_ms):
        """Play a cue; return whether it began."""
        began = self._app.engine.cue(cue, now_ms)
        self._app.drain_events()
        return began

    # -- faults -----------------------------------------------------------------------------------------------

    def fault(self, name):
        """Take note of a fault."""
        if name not in self.faults:
            self.faults.append(name)
        self._kept.setdefault(name, False)  # it may be forgiven before there is time to keep it

    def forgive(self, name):
        """Take a fault back: when it comes again, the session is told again."""
        if name in self.faults:
            self.faults.remove(name)
        if name in self._told and name not in self._app.board.faults:
            self._told.remove(name)

    def _restart_force(self, now_ms):
        """Try to get a lost force back; what is over is forgiven, so that it is told again when it comes again."""
        if "force" not in self._app.board.faults:
            self._again_ms = now_ms
        elif now_ms >= self._again_ms:
            self._again_ms = now_ms + _FORCE_AGAIN_MS
            self._kept.setdefault("force", False)
            self._app.before_write()  # as ahead of an erase: the motor off, the watchdog's whole time
            self._app.board.restart_force()
            self.forgive("force")

    def _tell_faults(self, now_ms):
        """Write every fault of the board and the app into the session once."""
        for names in (self._app.board.faults, self.faults):
            for name in names:
                if name not in self._told:
                    from rollcore.faults import fault_code  # 1 KB of names that a sound roller never needs

                    self._told.append(name)
                    self._app.engine.fault(now_ms, fault_code(name))
                    if name not in _TOLD_OTHERWISE:
                        self.cue(CUE_ERROR, now_ms)

    def _keep_faults(self, now_ms):
        """Keep the names of new faults in the fault log, once a start and between two contacts: it costs an erase."""
        for name in self._app.board.faults:
            self._kept.setdefault(name, False)
        new = [name for name in self._kept if not self._kept[name]]
        if not new or self._empty:
            return
        for name in new:
            self._kept[name] = True
        self._app.before_write()
        try:
            import faultlog

            faultlog.note(new, now_ms, self._app.root)
        except MemoryError:
            print("fault log: no memory")

    # -- battery ----------------------------------------------------------------------------------------------

    def _read_battery(self, now_ms):
        app = self._app
        try:
            reading = app.board.battery()
            self._plugged = app.board.plugged_in()
        except OSError:
            self._plugged = False
            return  # the gauge is not needed to roll; it is asked again in a minute
        if reading:
            mv = reading[0]
            self._empty = mv < _BATTERY_FLOOR_MV and not self._plugged
            app.recorder.locked = self._empty
            if app.recorder.active:
                app.recorder.add_battery(now_ms, mv, reading[1])
            self._spare_battery(mv, now_ms)
            # Told once in a session, and felt as long as there is enough of it to do so.
            due = app.recorder.active and mv < _BATTERY_WARN_MV and "battery" not in self._told
            if due and self.cue(CUE_BATTERY, now_ms):
                self._told.append("battery")

    def _spare_battery(self, mv, now_ms):
        """Keep the motor off while the cell is nearly empty."""
        app = self._app
        if mv < _BATTERY_LOW_MV:
            self.fault("low_battery")
            app.engine.mute(True, now_ms)
            app.drain_events()
            app.motor_off()
            app.recorder.hurry()
        elif mv >= _BATTERY_FINE_MV:
            self.forgive("low_battery")
            app.engine.mute(False, now_ms)
            app.drain_events()
