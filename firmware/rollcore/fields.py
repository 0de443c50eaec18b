# SPDX-License-Identifier: MIT
"""The names of the fields of every event, for those who read events by name; the board has no use for them."""

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

BAND_NAMES = ("unknown", "apart", "too_light", "in_band", "firm", "over")

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
