# SPDX-License-Identifier: MIT
"""Each rule of the ESP32's pins, with an example that breaks it."""

import msgspec
import pytest

from rollhardware.wiring import gpio_rules
from rollhardware.wiring.facts import Kind, Pins, Signal, facts

ANY = Kind(name="board", mark="V", pads={}, esp32=True, gpio=list(range(40)), on_board_gpio=[2])


def told(**signals: Signal) -> str:
    return "\n".join(gpio_rules.problems("board", Pins("", {}, signals), ANY))


@pytest.mark.parametrize(
    ("signal", "reason"),
    [
        (Signal(6, "output"), "flash"),
        (Signal(11, "input"), "flash"),
        (Signal(12, "input"), "strap (voltage of the flash)"),
        (Signal(0, "input"), "strap (boot mode)"),
        (Signal(2, "output"), "strap (boot mode)"),
        (Signal(5, "output"), "strap (SDIO timing)"),
        (Signal(15, "output"), "strap (boot messages)"),
        (Signal(34, "output"), "inputs only"),
        (Signal(39, "open_drain"), "inputs only"),
        (Signal(27, "analog"), "not on ADC1"),
        (Signal(18, "input", "up", "ext0_low"), "not an RTC pin"),
        (Signal(27, "input", "down", "ext0_low"), "needs pull: up"),
        (Signal(25, "input", None, "ext1_high"), "needs pull: down"),
        (Signal(1, "output"), "TX of the console"),
        (Signal(24, "output"), "no such pin"),
    ],
)
def test_a_rule_that_is_broken_is_named_with_pin_and_signal(signal, reason):
    said = told(X=signal)
    assert reason in said
    assert f"pins.yaml: board: X on GPIO {signal.gpio}: " in said


@pytest.mark.parametrize(
    "signal",
    [
        Signal(2, "output", on_board=True),
        Signal(34, "input"),
        Signal(34, "analog"),
        Signal(27, "input", "up", "ext0_low"),
        Signal(25, "input", "down", "ext1_high"),
        Signal(21, "open_drain", "up"),
    ],
)
def test_a_pin_that_can_do_it_is_left_alone(signal):
    assert told(X=signal) == ""


def test_a_pin_is_taken_once():
    assert "A is on it already" in told(A=Signal(25, "input"), B=Signal(25, "input"))


def test_a_pin_that_the_board_does_not_bring_out_is_named():
    board = msgspec.structs.replace(ANY, gpio=[4])
    (said,) = gpio_rules.problems("board", Pins("", {}, {"X": Signal(25, "input")}), board)
    assert "board does not have it on a pad" in said


def test_the_pins_of_both_boards_hold_the_rules():
    there = facts()
    for board, esp32 in (("thing_plus", "thing_plus"), ("devkit_fsr", "devkit")):
        assert gpio_rules.problems(board, there.pins[board], there.kinds[esp32]) == []
