# SPDX-License-Identifier: MIT
"""On the board: every reading of the bring-up that needs no instrument, through the deployed drivers.

It takes about 6 s; the roller lies still and nothing touches it. The motor buzzes for a moment, and is off at the end.
"""

import sys
import time
from binascii import hexlify

from machine import I2C, Pin, unique_id
from readings_force import fsr, load_cell
from readings_haptic import lra
from readings_imu import lsm6dsox, mpu6050


def levels(bus, board, values):
    """Read the button's wire, and the motor's as an input: it has a pull-down, and is let go for a moment."""
    values["button_level"] = Pin(board.PIN_BUTTON, Pin.IN).value()
    wire = Pin(board.PIN_HAPTIC, Pin.IN)
    time.sleep_ms(1)
    values["haptic_level"] = wire.value()
    Pin(board.PIN_HAPTIC, Pin.OUT, value=0)


def gauge(bus, board, values):
    """Read the battery's gauge."""
    from drivers.max17048 import MAX17048

    values["battery_v"] = MAX17048(bus, board.ADDRESS_GAUGE).voltage_mv() / 1000


def identity(name, address, reg, mask):
    """Return what reads the field `mask` of a register into `name`: before the driver, which refuses another chip."""

    def read(bus, board, values):
        from drivers.registers import Registers

        regs = Registers(bus, getattr(board, address), name)
        values[name] = (regs.read(reg) & mask) // (mask & -mask)

    return read


# board: (part, what reads it), in their order. A part that fails does not keep the others from being read.
PARTS = {
    "thing_plus": (
        ("wires", levels),
        ("gauge", identity("gauge_version", "ADDRESS_GAUGE", 0x09, 0xFF)),
        ("gauge", gauge),
        ("imu", identity("imu_id", "ADDRESS_IMU", 0x0F, 0xFF)),
        ("imu", lsm6dsox),
        ("force", identity("force_revision", "ADDRESS_FORCE", 0x1F, 0x0F)),
        ("force", load_cell),
        ("haptic", identity("haptic_id", "ADDRESS_HAPTIC", 0x00, 0xE0)),
        ("haptic", lra),
    ),
    "devkit_fsr": (
        ("wires", levels),
        ("imu", identity("imu_id", "ADDRESS_IMU", 0x75, 0xFF)),
        ("imu", mpu6050),
        ("force", fsr),
    ),
}


def read_all(bus, board, name):
    """Return the readings {name: number}, and {part: errno or words} for the parts that failed."""
    values: dict = {}
    problems: dict = {}
    for part, read in PARTS[name]:
        print()  # the link gives up a board that is silent for long
        try:
            read(bus, board, values)
        except OSError as error:
            problems[part] = error.args[-1]  # a driver's words, or the bus's number
    return values, problems


def main():
    """Return the board, its addresses and readings; {"problem": why} where the firmware on it gives none."""
    try:
        with open("/active") as stream:
            sys.path.insert(0, "/" + stream.read(1))
        from board import Board

        from boards.i2c_bus import I2CBus
        from rollcore import VERSION

        board = __import__("boards." + Board.name, None, None, ("Board",))
    except (OSError, ImportError, SyntaxError) as error:
        return {"problem": "%s: %s" % (type(error).__name__, error)}
    Pin(board.PIN_HAPTIC, Pin.OUT, value=0)
    try:
        scan = I2C(0, scl=Pin(board.PIN_SCL), sda=Pin(board.PIN_SDA), freq=400000).scan()
        values, problems = read_all(I2CBus(board.PIN_SDA, board.PIN_SCL), board, Board.name)
    except (ImportError, AttributeError) as error:  # an older app has not all that is asked for
        return {"problem": "%s: %s" % (type(error).__name__, error)}
    finally:
        Pin(board.PIN_HAPTIC, Pin.OUT, value=0)
    return {
        "board": Board.name,
        "device": hexlify(unique_id()).decode(),
        "firmware": VERSION,
        "addresses": scan,
        "values": values,
        "problems": problems,
    }
