# SPDX-License-Identifier: MIT
"""Names and words for those who read events, pages, traces and settings; a board has no use for them."""

from rollcore.events import (
    BAND,
    CUE,
    CUE_SILENT,
    FAULT,
    GAP,
    MARK,
    OVER_AGAIN,
    OVER_OFF,
    OVER_ON,
    OVER_TOLD,
    SESSION_START,
    SESSION_STOP,
    STROKE,
    SUMMARY,
)
from rollcore.logformat import UINT

CUE_NAMES = (
    "over",
    "ceiling",
    "sensor_fault",
    "mark",
    "too_light",
    "move_on",  # short, short, long
    "switch",  # the other side: short, long, short
    "done",  # the routine is done: two long ones
    "low_battery",  # one long, and a short that gives out
    "error",  # something on the board failed: a rattle
)
BAND_NAMES = ("unknown", "apart", "too_light", "in_band", "firm", "over")

KIND_NAMES = ("lift", "knead")

ACCEL_UG_PER_LSB = 122  # of a sample: LSM6DSOX at +-4 g
GYRO_MDPS_PER_LSB = 35  # and at +-1000 deg/s

# `revision` counts the revisions of a stroke: 0 is its first announcement, later rows with the same id replace it.
# `kind` 0 lift, 1 knead. `quality` 0-100. `ceiling` 1 when the ceiling, not the limit, asked for the alarm.
# `impulse_mns` is the force above the limit integrated over time, in mN s.
# A silent cue was decided and not played: cues are off, or the caps on the motor's time are reached.
# `OVER_AGAIN`: within the alarm of `on_ms` the force rose above the limit once more, at `cross_ms`.
# `OVER_TOLD`: its time is when the motor was commanded for the alarm of `on_ms`.
# A summary covers one second: the peak of each tenth (or FORCE_UNKNOWN) and the mean speed along the handle.
FIELDS = {
    STROKE: (
        "id",
        "start_ms",
        "end_ms",
        "dir",
        "kind",
        "length_um",
        "mean_mn",
        "peak_mn",
        "peak_um_s",
        "quality",
        "revision",
    ),
    OVER_ON: ("cross_ms", "force_mn", "ceiling"),
    OVER_OFF: ("on_ms", "peak_mn", "impulse_mns"),
    CUE: ("cue", "level"),
    SESSION_START: ("session",),
    SESSION_STOP: ("session", "duration_ms", "contact_ms", "in_band_ms", "over_ms"),
    SUMMARY: ("p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "speed_um_s"),
    MARK: ("number",),
    GAP: ("lost_ms",),
    FAULT: ("code",),
    CUE_SILENT: ("cue", "level"),
    OVER_AGAIN: ("on_ms", "cross_ms", "force_mn", "ceiling"),
    OVER_TOLD: ("on_ms",),
    BAND: ("band", "force_mn"),
}

# The header of a page: name, code of `struct`, unit, what it is.
HEADER = (
    ("magic", "4s", "", "AB 52 4C 50"),
    ("version", "B", "", "of the tables the writer knew"),
    ("flags", "B", "", "bit 0: last page of the session"),
    ("length", "H", "B", "of the whole page"),
    ("device", "4s", "", "CRC-32 of the board's unique id"),
    ("session", "I", "", "number of the session on that board"),
    ("sequence", "I", "", "of the page within the session, from 0"),
    ("start_ms", "I", "ms", "start of the session on the engine's clock"),
    ("base_ms", "I", "ms", "base of the time offsets, on the same clock"),
    ("crc", "I", "", "CRC-32 of the page without this field"),
)

# Payload of a TRACE record: these fields, then the coded samples (see trace.py). A block whose `first` is set starts
# from zero and also holds `TRACE_FIRST_FIELDS`; the others continue the block before them in the same page.
TRACE_FIELDS = (
    ("mode", UINT, 7, "3 compact, 4 full; 1 and 2 the same as varints, no longer written"),
    ("first", UINT, 1, ""),
    ("count", UINT, 16, "samples in the block"),
)
TRACE_FIRST_FIELDS = (
    ("period_us", UINT, 24, "us"),
    ("index", UINT, 32, "samples of the session before this block, lost ones included"),
)

# What each setting is for.
SETTING_HELP = {
    "over_limit_n": "force above which the roller warns of over-pressure",
    "over_hysteresis_n": "how far below the limit an over-pressure ends",
    "over_hold_ms": "how long above the limit before the alarm",
    "ceiling_n": "force that alarms after 20 ms; at least twice over_limit_n",
    "band_low_n": "lower end of the wanted force; the upper end is over_limit_n",
    "band_firm_n": "from here on the light says firm; still wanted",
    "imu_to_head_mm": "distance from the motion sensor to the roller axle",
    "head_mass_g": "mass of head and fork on the force sensor (not for fsr)",
    "rate_hz": "samples per second",
    "force_sensor": "the board's own by default",
    "trace": "samples in the session file",
    "cue_level": "strength of the vibration cues",
    "cues": "off: decided and logged, not played, for studies",
    "cue_s_per_min": "most of the motor in a minute; ceiling and faults always play",
    "cue_s_per_session": "most of the motor in a session; as above",
    "session_gap_s": "time without contact that closes a session",
}
