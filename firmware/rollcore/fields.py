# SPDX-License-Identifier: MIT
"""Names and words for those who read events, pages, traces and settings; a board has no use for them."""

from rollcore import logformat as fmt
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
    SESSION_START,
    SESSION_STOP,
    STEP,
    STROKE,
    SUMMARY,
)
from rollcore.records import STORAGE, layout_of

CUE_NAMES = (
    "over",
    "ceiling",
    "sensor_fault",
    "mark",
    "too_light",
    "move_on",
    "switch",
    "done",
    "low_battery",
    "error",
)
BAND_NAMES = ("unknown", "apart", "too_light", "in_band", "firm", "over")

KIND_NAMES = ("lift", "knead")
DOUBT_NAMES = ("", "rival", "landed", "left", "unfelt", "short")
SIDE_NAMES = ("", "left", "right")

# Of `rollcore.lifecycle`: the states, and what leads from one to another.
STATE_NAMES = ("boot", "safe mode", "awake", "session", "asleep")
TRANSITION_NAMES = (
    "started",
    "button held, or three failures in a row",
    "contact, or a long press",
    "no contact for session_gap_s, or a long press",
    "nothing for sleep_s, off the charger",
    "cell below its floor",
    "motion or button; the button alone where the cell is empty",
)

ACCEL_UG_PER_LSB = 122  # of a sample: LSM6DSOX at +-4 g
GYRO_MDPS_PER_LSB = 35  # and at +-1000 deg/s

# `revision` counts the revisions of a stroke: 0 is its first announcement, later rows with the same id replace it.
# `kind` 0 lift, 1 knead. `quality` 0-100. `doubt` is why it is
# not sure, the gravest first: rival: another motion explains the samples as well; landed, left: it touched or left the
# skin while moving, so that a bound is the contact's; unfelt: no start or no stop was felt; short: below 1.5 cm.
# `ceiling` 1 when the ceiling, not the limit, asked for the alarm.
# `impulse_mns` is the force above the limit integrated over time, in mN s.
# A silent cue was decided and not played: cues are off, or the caps on the motor's time are reached.
# `OVER_AGAIN`: within the alarm of `on_ms` the force rose above the limit once more, at `cross_ms`.
# `OVER_TOLD`: its time is when the motor was commanded for the alarm of `on_ms`.
# `STEP`: the routine goes on to a step, from 1 on; 0 is its end. The limits are those in force from here on;
# `pressed` 1: the button did it, not the time.
# `MUTE`: cues are decided and not played from here on (1), or played again (0): the battery has nothing to spare.
# A summary covers one second: the peak of each tenth (or FORCE_UNKNOWN), the mean speed along the handle, the
# mean force in contact (0 without one, or FORCE_UNKNOWN) and the least quality of the motion.
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
        "doubt",
    ),
    OVER_ON: ("cross_ms", "force_mn", "ceiling"),
    OVER_OFF: ("on_ms", "peak_mn", "impulse_mns"),
    CUE: ("cue", "level"),
    SESSION_START: ("session",),
    SESSION_STOP: ("session", "duration_ms", "contact_ms", "in_band_ms", "over_ms"),
    SUMMARY: ("p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "speed_um_s", "mean_mn", "quality"),
    MARK: ("number",),
    GAP: ("lost_ms",),
    FAULT: ("code",),
    CUE_SILENT: ("cue", "level"),
    OVER_AGAIN: ("on_ms", "cross_ms", "force_mn", "ceiling"),
    OVER_TOLD: ("on_ms",),
    BAND: ("band", "force_mn"),
    STEP: ("step", "side", "band_low_mn", "over_limit_mn", "pressed"),
    MUTE: ("on",),
}

# The records that only the log has.
LOG_FIELDS = {
    fmt.TIME: ("ms",),
    fmt.BATTERY: ("mv", "percent_x10"),
    fmt.CLOCK: ("unix_s", "unix_ms"),
    fmt.DROPOUT: ("records", "samples", "since_ms"),
    fmt.END: ("pages", "records", "dropped"),
}

RECORD_NAMES = {
    STROKE: "stroke",
    OVER_ON: "over_on",
    OVER_OFF: "over_off",
    CUE: "cue",
    SESSION_START: "session_start",
    SESSION_STOP: "session_stop",
    SUMMARY: "summary",
    MARK: "mark",
    GAP: "gap",
    FAULT: "fault",
    CUE_SILENT: "cue_silent",
    OVER_AGAIN: "over_again",
    OVER_TOLD: "over_told",
    BAND: "band",
    STEP: "step",
    MUTE: "mute",
    fmt.TIME: "time",
    fmt.DEVICE: "device",
    fmt.SETTINGS: "settings",
    fmt.CALIBRATION: "calibration",
    fmt.BATTERY: "battery",
    fmt.CLOCK: "clock",
    fmt.DROPOUT: "dropout",
    fmt.END: "end",
    fmt.TRACE: "trace",
    fmt.ROUTINE: "routine",
    fmt.STATE: "state",
    fmt.SEAL: "seal",
}


# What no writer of today writes: types as readers know them, and what became of them.
OLD_STORAGE = {1: "u16 b14 b13 s1 u1 u20 u16 u16 u21 u7 u3"}
OLD_TYPES = {1: STROKE}


def fields_of(code):
    """Return the fields of a record type (WIDE bit included) as (name, storage, bits) each, as they lie in its payload.

    () for text, None for a type that is not known. An old type has fewer fields than what became of it.
    """
    narrow = code & ~fmt.WIDE
    storage = STORAGE.get(narrow, OLD_STORAGE.get(narrow))
    if storage is None:
        return None
    narrow = OLD_TYPES.get(narrow, narrow)
    layout = layout_of(storage)
    names = FIELDS.get(narrow) or LOG_FIELDS.get(narrow, ())
    wide = code & fmt.WIDE
    return tuple([_field(names[i // 2 - 1], layout[i], layout[i + 1], wide) for i in range(2, len(layout), 2)])


def least_fields(code):
    """Return how many fields the first record of this type had: one that is shorter is damaged, not older."""
    narrow = code & ~fmt.WIDE
    return len(STORAGE.get(narrow, OLD_STORAGE.get(narrow, "")).partition("|")[0].split())


def _field(name, storage, bits, wide):
    if wide and storage != fmt.FORCE8:
        return name, fmt.BEFORE if storage == fmt.BEFORE else fmt.INT, 32
    return name, storage, bits


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
    ("mode", fmt.UINT, 7),  # 3 compact, 4 full; 1 and 2 the same as varints, not written any more
    ("first", fmt.UINT, 1),
    ("count", fmt.UINT, 16),  # samples in the block
)
TRACE_FIRST_FIELDS = (
    ("period_us", fmt.UINT, 24),
    ("index", fmt.UINT, 32),  # samples of the session before this block, lost ones included
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
    "sleep_s": "time without contact, motion, button or host until it sleeps, off the charger",
}
