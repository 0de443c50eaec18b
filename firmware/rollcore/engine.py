# SPDX-License-Identifier: MIT
"""The engine: the one place where the parts meet. Samples in, events and the level of the motor out."""

import micropython
from micropython import const

from rollcore.bands import Bands
from rollcore.events import (
    BAND,
    CUE,
    CUE_SILENT,
    FAULT,
    GAP,
    MARK,
    MUTE,
    OVER_AGAIN,
    OVER_OFF,
    OVER_ON,
    OVER_TOLD,
    STEP,
    EventRing,
)
from rollcore.force import Force
from rollcore.forcecheck import ForceCheck
from rollcore.haptics import CUE_CEILING, CUE_LIGHT, CUE_MARK, CUE_OVER, CUE_SENSOR, Haptics, over_urge
from rollcore.motion import Motion
from rollcore.pressure import Pressure
from rollcore.sample import AZ, FORCE, FORCE_UNKNOWN, MOTOR
from rollcore.session import Session
from rollcore.stroke import StrokeDetector

_FORCE_UNKNOWN = const(11)  # of `rollcore.faults`, whose names are loaded when one is told
_CUE_AGAIN_MS = const(5000)  # an over-pressure that goes on is told again
_MOTOR_RINGS_MS = const(60)  # a motor still moves after it was told to stop
_MOVING_UM_S = const(20000)  # a hand that moves so fast feels a cue less


class Engine:
    """Everything that is decided from samples.

    `step` takes one sample; `events` is the ring the caller drains; `motor_level` (0-100) is what the motor is to do
    now. Reads no clock, touches no hardware, never waits and allocates nothing per sample. `routine` is a `Routine` to
    lead through, if there is one.
    """

    def __init__(self, settings, routine=None):
        dt_us = 1000000 // settings.rate_hz
        fsr = settings.force_sensor == 1
        self.events = EventRing()
        self._force = Force(settings.head_mass_g, settings.force_as_is, fsr, settings.imu_to_head_mm)
        self._check = ForceCheck(settings.head_mass_g, settings.force_as_is, fsr)
        self._motion = Motion(settings.imu_to_head_mm, dt_us)
        self._pressure = Pressure(
            settings.over_limit_mn, settings.over_hysteresis_mn, settings.over_hold_ms, settings.ceiling_mn
        )
        self._bands = Bands(settings.band_low_mn, settings.band_firm_mn, settings.over_limit_mn)
        self._haptics = Haptics(
            settings.cue_level, settings.cues == 1, settings.cue_s_per_min, settings.cue_s_per_session
        )
        self._session = Session(self.events, settings.band_low_mn, settings.over_limit_mn, settings.session_gap_s)
        self._strokes = StrokeDetector(self.events, self._motion.guesses)
        self._routine = routine
        self._dt_us = 0
        self._motor_ms = -1000
        self._block_ms = 0
        self._cue_ms = 0
        self._untold = False
        self._marks = 0
        self.motor_level = 0
        self.in_contact = False
        self.in_session = False
        self.force_known = True
        self.band = self._bands.band
        self._retime(dt_us)

    @property
    def force_mn(self):
        """The force on the skin, FORCE_UNKNOWN where it is not known."""
        return self._force.net_mn if self.force_known else FORCE_UNKNOWN

    @micropython.native
    def step(self, t_ms, dt_us, sample):
        """Take one sample at `t_ms` (whole ms, below 2^30); `dt_us` is the nominal sample period."""
        if dt_us != self._dt_us:
            self._retime(dt_us)
        force = self._force
        raw_mn = sample[FORCE]
        check = self._check
        check.add(raw_mn, sample[AZ])
        if check.fault:
            force.lose(t_ms)
        else:
            force.step(t_ms, raw_mn)
        net_mn = force.net_mn
        known = force.known
        contact = force.in_contact
        self.in_contact = contact
        pressure = self._pressure
        if (net_mn > pressure.release_mn or pressure.state) and pressure.step(t_ms, dt_us, net_mn, known):
            self._pressure_changed(t_ms, net_mn)
        if known != self.force_known:  # after the alarm, whose cue would keep the fault's from playing
            self._force_changed(t_ms, known)
        self._session.step(t_ms, dt_us, net_mn, known, contact)
        if self._motion.add(sample):
            self._block(t_ms, sample[MOTOR])
        haptics = self._haptics
        if haptics.cue >= 0:
            haptics.step(t_ms)
        self.motor_level = haptics.level

    def mark(self, t_ms):
        """Record a press of the button and confirm it to the hand."""
        self._marks += 1
        self.events.push(MARK, t_ms, self._marks)
        self.cue(CUE_MARK, t_ms)

    def press(self, t_ms):
        """Take a press of the button in a session: the next step of the routine that runs, else a mark."""
        if not self.go_on(t_ms):
            self.mark(t_ms)

    def go_on(self, t_ms):
        """Go on to the next step of the routine; return False where none runs."""
        routine = self._routine
        if not routine or not routine.number:
            return False
        routine.go_on()
        self._step_changed(t_ms, 1)
        return True

    def toggle(self, t_ms):
        """End the session, or begin one; what the hand has ended begins anew with another contact. Felt as a tick."""
        if self._session.is_open:
            self.finish(t_ms)
            self._session.barred = True
        else:
            self._session.begin(t_ms)
        self.cue(CUE_MARK, t_ms)

    def cue(self, cue, t_ms):
        """Play a cue (`rollcore.haptics`) unless a more urgent one plays; record it and return whether it began."""
        urge = self._urge(t_ms) if cue == CUE_OVER else 100
        level = self._haptics.start(cue, t_ms, urge)
        if level:
            self.events.push(CUE_SILENT if self._haptics.silent else CUE, t_ms, cue, level)
        return level > 0

    def mute(self, muted, t_ms):
        """Decide cues and play none, or play them again: the battery has nothing to spare."""
        if self._haptics.mute(muted):
            self.events.push(MUTE, t_ms, 1 if muted else 0)
        self.motor_level = self._haptics.level

    def commanded(self, t_ms):
        """Take note of when the caller has commanded the motor with a new level: an alarm measures itself by it."""
        if self._untold and self.motor_level:
            self._untold = False
            self.events.push(OVER_TOLD, t_ms, self._pressure.on_ms)

    def fault(self, t_ms, code):
        """Record a fault of the board (`rollcore.faults`)."""
        self.events.push(FAULT, t_ms, code)

    def gap(self, t_ms, lost_ms):
        """Record that samples of `lost_ms` are missing before `t_ms`."""
        self.events.push(GAP, t_ms, lost_ms)

    def finish(self, t_ms):
        """Close what is open: stroke, over-pressure, session. The motor is to be off."""
        self._strokes.finish(t_ms)
        if self._pressure.end():
            self._pressure_changed(t_ms, 0)
        self._session.close(t_ms)
        self._leave_session()
        self._haptics.stop(self._haptics.cue)
        self.motor_level = 0

    def _retime(self, dt_us):
        self._dt_us = dt_us
        self._motion.set_period(dt_us)
        self._force.set_block(self._motion.block_us, dt_us)

    @micropython.native
    def _block(self, t_ms, motor):
        """Do what is due once a block."""
        if motor > 0 or (motor < 0 and self.motor_level > 0):
            self._motor_ms = t_ms
        self._check.block(t_ms, t_ms - self._motor_ms < _MOTOR_RINGS_MS)
        motion = self._motion
        block_us = motion.block_us
        missing = ((t_ms - self._block_ms) * 1000 + (block_us >> 1)) // block_us - 1
        if missing > 1:  # a sample or two may have moved by themselves
            motion.gap(missing)
        self._block_ms = t_ms
        updated = motion.block(self.in_contact)
        self._force.block(t_ms, motion)
        self._strokes.block(t_ms, motion, self._force, updated)
        session = self._session
        if session.is_open != self.in_session:
            self._leave_session()
            self.in_session = session.is_open
            self._haptics.begin()
        if session.is_open:
            force = self._force
            session.block(motion.speed_um_s, motion.guesses.lead, force.mean_mn, force.known, self.in_contact)
            if self._routine:
                self._lead(t_ms)
        self._feedback(t_ms, motion.speed_um_s)

    @micropython.native
    def _feedback(self, t_ms, speed_um_s):
        """Bring band and cues up to a block."""
        force = self._force
        pressure = self._pressure
        bands = self._bands
        if bands.block(t_ms, force.mean_mn, force.known, self.in_contact, pressure.alarm, speed_um_s):
            self.band = bands.band
            if self.in_session:
                self.events.push(BAND, t_ms, bands.band, bands.mean_mn)
        if bands.light_due:
            self.cue(CUE_LIGHT, t_ms)
        if pressure.alarm:
            self._haptics.urge(CUE_OVER, self._urge(t_ms))
            if t_ms - self._cue_ms >= _CUE_AGAIN_MS:
                self._alarm_cue(t_ms)

    def _lead(self, t_ms):
        """Let the routine go on; tell the hand of its last change as soon as nothing more urgent plays."""
        routine = self._routine
        if routine.block(t_ms, self.in_contact):
            self._step_changed(t_ms, 0)
        if routine.cue >= 0 and self.cue(routine.cue, t_ms):
            routine.cue = -1

    def _step_changed(self, t_ms, pressed):
        """Tell the log of a step of the routine, and go by its limits."""
        row = self._follow_routine()
        self.events.push(STEP, t_ms, self._routine.number, row[1], row[2], row[4], pressed)

    def _leave_session(self):
        self.in_session = False
        if self._routine:
            self._routine.begin()
            self._follow_routine()

    def _follow_routine(self):
        """Go by the limits of the step of now; return its row."""
        row = self._routine.row
        self._session.set_band(row[2], row[4])
        self._bands.set_limits(row[2], row[3], row[4])
        self._pressure.set_limits(row[4], row[5], row[6])
        return row

    def _urge(self, t_ms):
        p = self._pressure
        excess_mn = self._force.net_mn - p.limit_mn
        moving = abs(self._motion.speed_um_s) > _MOVING_UM_S
        return over_urge(t_ms - p.on_ms, excess_mn, p.peak_mn - p.limit_mn, moving)

    def _alarm_cue(self, t_ms):
        self._cue_ms = t_ms
        self.cue(CUE_CEILING if self._pressure.by_ceiling else CUE_OVER, t_ms)

    def _force_changed(self, t_ms, known):
        self.force_known = known
        if not known:
            named = self._check.fault
            if named:
                self._session.begin(t_ms)  # a log that says why nothing else is in it
            self.events.push(FAULT, t_ms, named or _FORCE_UNKNOWN)
            self.cue(CUE_SENSOR, t_ms)

    def _pressure_changed(self, t_ms, net_mn):
        p = self._pressure
        if p.ended:
            self._untold = False
            self.events.push(OVER_OFF, t_ms, p.on_ms, p.peak_mn, p.impulse_mns)
            self._haptics.stop(CUE_OVER)
            self._haptics.stop(CUE_CEILING)
            return
        if p.began:
            self._untold = True
            self.events.push(OVER_ON, t_ms, p.cross_ms, net_mn, 1 if p.by_ceiling else 0)
        else:
            self.events.push(OVER_AGAIN, t_ms, p.on_ms, p.cross_ms, net_mn, 1 if p.by_ceiling else 0)
        self._alarm_cue(t_ms)
