# SPDX-License-Identifier: MIT
"""What the ESP32 allows of its pins (ESP32 datasheet, "Pin Overview", "Strapping Pins", "RTC_MUX Pin List")."""

from rollhardware.wiring.facts import Kind, Pins, Signal

FLASH = range(6, 12)  # the SPI flash of the module hangs on them
STRAPS = {0: "boot mode", 2: "boot mode", 5: "SDIO timing", 12: "voltage of the flash", 15: "boot messages"}
CONSOLE = {1: "TX", 3: "RX"}
INPUT_ONLY = range(34, 40)  # no output driver, and no pull resistors inside
ADC1 = range(32, 40)  # ADC2 belongs to the radio
RTC = {0, 2, 4, 12, 13, 14, 15, 25, 26, 27, *range(32, 40)}
ABSENT = {20, 24, 28, 29, 30, 31}
_WAKE_LEVEL = {"ext0_low": "up", "ext1_high": "down"}  # the resistor holds the level that does not wake


def problems(board: str, pins: Pins, kind: Kind) -> list[str]:
    """Return what is wrong with the pins of a board whose ESP32 is of this kind, one line each."""
    found = []
    taken: dict[int, str] = {}
    for name, signal in pins.signals.items():
        where = f"pins.yaml: {board}: {name} on GPIO {signal.gpio}: "
        found += [where + text for text in _of_signal(signal, kind)]
        if signal.gpio in taken:
            found.append(where + f"{taken[signal.gpio]} is on it already")
        taken.setdefault(signal.gpio, name)
    return found


def _of_signal(signal: Signal, kind: Kind) -> list[str]:
    gpio = signal.gpio
    checks = [
        (gpio in ABSENT, "the chip has no such pin"),
        (gpio in FLASH, "the flash hangs on 6 to 11; take another"),
        (gpio in CONSOLE, f"it is {CONSOLE.get(gpio)} of the console; take another"),
        (gpio in STRAPS and not signal.on_board, f"it is a strap ({STRAPS.get(gpio)}), read at reset; take another"),
        (gpio in INPUT_ONLY and signal.direction in ("output", "open_drain"), "34 to 39 are inputs only"),
        (signal.direction == "analog" and gpio not in ADC1, "not on ADC1 (32 to 39); ADC2 belongs to the radio"),
        (signal.wake is not None and gpio not in RTC, "not an RTC pin; it cannot wake the chip from deep sleep"),
        (
            signal.wake is not None and signal.pull != _WAKE_LEVEL[signal.wake],
            f"a pin that wakes by {signal.wake} needs pull: {_WAKE_LEVEL.get(signal.wake or '')}, or it floats",
        ),
        (
            gpio not in (kind.on_board_gpio if signal.on_board else kind.gpio),
            f"parts.yaml: {kind.name} does not have it {'on the board' if signal.on_board else 'on a pad'}",
        ),
    ]
    return [text for wrong, text in checks if wrong]
