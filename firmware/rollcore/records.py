# SPDX-License-Identifier: MIT
"""How the fields of each record of the log are stored. A board forgets this once its writer has the layouts of it."""

from rollcore import events
from rollcore import logformat as fmt

# type: how its fields are stored; JSON text in UTF-8 where there are none. Behind "|" are fields that came later.
# `rollcore.fields` has their names: the board has no use for them, and no memory to spare.
STORAGE = {
    events.STROKE: "u16 b14 b13 s1 u1 u18 u16 u16 u20 u7 u3 u3",
    events.OVER_ON: "b15 u24 u1",
    events.OVER_OFF: "b24 u24 u32",
    events.CUE: "u8 u8",
    events.SESSION_START: "u32",
    events.SESSION_STOP: "u32 u32 u32 u32 u32",
    events.SUMMARY: "f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 i24 | u16 u7",
    events.MARK: "u16",
    events.GAP: "u32",
    events.FAULT: "u16",
    events.CUE_SILENT: "u8 u8",
    events.OVER_AGAIN: "b24 b15 u24 u1",
    events.OVER_TOLD: "b16",
    events.BAND: "u8 i24",
    events.STEP: "u6 u2 u16 u16 u1",
    events.MUTE: "u1",
    fmt.TIME: "u32",
    fmt.DEVICE: "",
    fmt.SETTINGS: "",
    fmt.CALIBRATION: "",
    fmt.BATTERY: "u16 u16",
    fmt.CLOCK: "u32 u16",
    fmt.DROPOUT: "u32 u32 b32",
    fmt.END: "u32 u32 u32",
    fmt.ROUTINE: "",
}


def layout_of(storage):
    """Return a row of `STORAGE` in bytes that the packer can index: length, length WIDE, then kind and bits in turn."""
    layout = bytearray(2)
    bits = 0
    for field in storage.replace("|", "").split():
        kind = "uibsf".index(field[0])
        layout.append(kind)
        layout.append(int(field[1:]))
        bits += layout[-1]
        layout[1] += 1 if kind == fmt.FORCE8 else 4
    layout[0] = (bits + 7) // 8
    return bytes(layout)
