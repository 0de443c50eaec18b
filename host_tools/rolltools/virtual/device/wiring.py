# SPDX-License-Identifier: MIT
"""The wiring of each modelled board: GPIO numbers, the resistors on the nets, bus addresses."""

THING_PLUS = {
    "sda": 21,
    "scl": 22,
    "int1": 25,
    "drdy": 26,
    "button": 27,
    "haptic": 4,
    "led": 13,
    "rgb": 2,
    "qwiic_power": 0,  # also the BOOT button: driven low it takes the supply from every Qwiic chip
    "pulls": {25: 0, 27: 1, 4: 0, 0: 1, 21: 1, 22: 1},
    "imu": 0x6A,
    "force": 0x2A,
    "haptic_chip": 0x5A,
    "gauge": 0x36,
}

DEVKIT_FSR = {
    "sda": 21,
    "scl": 22,
    "button": 27,
    "haptic": 4,
    "led": 13,
    "fsr": 34,
    "pulls": {27: 1, 4: 0, 21: 1, 22: 1},
    "imu": 0x68,
}

BOARDS = {"thing_plus": THING_PLUS, "devkit_fsr": DEVKIT_FSR}
