# SPDX-License-Identifier: MIT
"""Pins, nets and cables: what holds, and that each thing that is wrong is named with both places."""

import pytest
from hardware.changed import changed_facts

from rollhardware.errors import HardwareError
from rollhardware.made import HARDWARE
from rollhardware.wiring import drawn_pins
from rollhardware.wiring.checks import checked
from rollhardware.wiring.electrics import bus_pull_ohm, ohm
from rollhardware.wiring.facts import facts
from rollhardware.wiring.firmware_pins import constants, problems
from rollhardware.wiring.netlist import Netlist
from rollhardware.wiring.pages import texts


def told(folder, file, old, new, count=1) -> str:
    with pytest.raises(HardwareError) as caught:
        checked(changed_facts(folder, file, old, new, count))
    return str(caught.value)


def test_what_the_repository_holds_is_without_problems():
    assert [netlist.board for netlist in checked(facts())] == ["thing_plus", "devkit_fsr"]


def test_a_pin_changed_in_pins_yaml_names_the_firmware_too(tmp_path):
    said = told(tmp_path, "pins.yaml", "IMU_INT1: {gpio: 25", "IMU_INT1: {gpio: 32")
    assert "firmware/boards/thing_plus.py: PIN_IMU_INT1 is 25; pins.yaml: thing_plus: IMU_INT1 is 32" in said


def test_a_pin_changed_in_the_firmware_names_pins_yaml_too(tmp_path):
    boards = tmp_path / "firmware" / "boards"
    boards.mkdir(parents=True)
    for name in ("thing_plus.py", "devkit_fsr.py"):
        text = (HARDWARE.parent / "firmware" / "boards" / name).read_text()
        (boards / name).write_text(text.replace("PIN_HAPTIC = const(4)", "PIN_HAPTIC = const(14)"))
    said = problems(facts(), tmp_path)
    assert said == [
        f"firmware/boards/{board}.py: PIN_HAPTIC is 14; pins.yaml: {board}: HAPTIC is 4"
        for board in ("thing_plus", "devkit_fsr")
    ]


def test_a_pin_that_only_the_firmware_has_is_named(tmp_path):
    said = told(tmp_path, "pins.yaml", "    FORCE_READY: {gpio: 26, direction: input}\n", "")
    assert "pins.yaml has no signal there" in said or "has no pad FORCE_READY" in said


def test_an_address_that_differs_names_firmware_and_parts(tmp_path):
    said = told(tmp_path, "parts.yaml", "address: 0x6A", "address: 0x6B")
    assert "thing_plus.py: ADDRESS_IMU is 106; pins.yaml and parts.yaml: thing_plus: IMU is 107" in said


def test_constants_are_read_from_the_source_as_it_stands():
    assert constants("from x import y\nPIN_A = const(3)\n_B = const(-1)\nC = 5\nPIN_D: int = 4\n") == {"PIN_A": 3}


@pytest.mark.parametrize(
    ("file", "old", "new", "count", "said"),
    [
        ("nets.yaml", "R1.1]", "R1.1, U2.DRDY]", 1, "U2.DRDY is on more than one net"),
        ("nets.yaml", "GND, U3.GND, BT1", "GND, BT1", 1, "U3.GND is on None, not on GND"),
        ("nets.yaml", "A1.IMU_INT1, U1.I1, R1.1]", "A1.IMU_INT1, R1.1]", 1, "U1.I1 is on None; the firmware expects"),
        ("nets.yaml", "U1.I1, R1.1]", "U1.I2, R1.1]", 1, "firmware expects IMU_INT1 there"),
        ("nets.yaml", "A1.HAPTIC, U3.IN", "A1.FORCE, U3.IN", 1, "has no pad FORCE"),
        ("nets.yaml", "SW1.2, R1.2", "SW1.2, X9.2, R1.2", 1, "no part is called X9"),
        (
            "nets.yaml",
            "[A1.BUTTON, SW1.1, WH]",
            "[A1.HAPTIC, SW1.1, WH]",
            1,
            "W5 joins A1.4 (HAPTIC) and SW1.1 (BUTTON)",
        ),
        (
            "nets.yaml",
            "        - [A1.HAPTIC, U3.IN, BU]\n",
            "",
            1,
            "net HAPTIC: no cable leads from A1.4 to U3.IN, R3.1",
        ),
        ("nets.yaml", "BUTTON: [A1.BUTTON, SW1.1, R2.2]", "BUTTON: [A1.BUTTON]", 1, "ends nowhere"),
        ("nets.yaml", "U1.VIN, U2.VIN", "A1.3V3, U1.VIN, U2.VIN", 1, "shorts the outputs A1.QWIIC_3V3 and A1.3V3"),
        ("nets.yaml", "U1.I1, R1.1]", "U1.I1, U1.I2, R1.1]", 1, "shorts the outputs U1.I1 and U1.I2"),
        ("nets.yaml", "R1: {kind: resistor, value: 100k}", "R1: {kind: resistor, value: 1k}", 1, "pulls it down"),
        ("nets.yaml", "3V3: [A1.3V3, R2.1]\n", "3V3: [A1.3V3, R1.2]\n", 1, "IMU_INT1: R1 pulls it the other way"),
        ("nets.yaml", "U1.VIN, U2.VIN, U3.VIN]", "U1.VIN, U2.VIN]", 1, "U3.VIN is on None, which nothing feeds"),
        ("nets.yaml", "R1.2, R3.2]", "R1.2, R3.2, U1.DO]", 1, "U1.DO must stay open, for address 0x6A"),
        ("nets.yaml", "SCL: [A1.SCL, U1.SCL", "SCL: [A1.SCL", 1, "U1.SCL is on None; the firmware expects SCL there"),
        ("nets.yaml", "grown: R1", "grown: R9", 1, "grows on R9"),
        ("nets.yaml", "      what: JST-PH extension lead, its red wire cut\n", "", 1, "W6: say either"),
        ("nets.yaml", "A1.QWIIC, U1.J1", "A1.BAT, U1.J1", 1, "W1 joins plugs of different sizes"),
        ("nets.yaml", "A1.QWIIC, U1.J1", "A1.QWIIC, U1.J9", 1, "U1.J9: parts.yaml has no such plug"),
        ("nets.yaml", "M1: lra", "M1: motor", 1, "parts.yaml has no motor for M1"),
        ("nets.yaml", "A1: thing_plus", "A1: lsm6dsox", 1, "0 parts with an ESP32"),
        ("parts.yaml", "bus_pull_k: 10", "bus_pull_k: 1", 3, "SDA: pulled up by 333 ohm; 400 kHz wants 1100 to"),
        ("parts.yaml", "bus_pull_k: 10", "bus_pull_k: 100", 3, "SCL: pulled up by 33333 ohm"),
        ("parts.yaml", "address: 0x2A", "address: 0x6A", 1, "2 chips answer at 0x6A"),
        ("parts.yaml", "  open: one throw of two is used\n", "", 1, "S1: 3 on no net, and parts.yaml does not say why"),
        ("pins.yaml", "direction: input, pull: down", "direction: input", 1, "needs pull: down"),
        ("pins.yaml", "13, direction: output, on_board: true", "13, direction: output", 1, "LED is on no net"),
        ("pins.yaml", "gpio: 26", "gpio: 42", 1, "pins.yaml: Expected `int` <= 39"),
        ("pins.yaml", "direction: open_drain", "direction: both", 1, "pins.yaml: Invalid enum value 'both'"),
        ("pins.yaml", "wake: ext0_low", "wakes: ext0_low", 1, "unknown field `wakes`"),
        (
            "pins.yaml",
            "devkit_fsr:\n  firmware",
            "other:\n  firmware",
            1,
            "pins.yaml has thing_plus, other; nets.yaml has",
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path, file, old, new, count, said):
    assert said in told(tmp_path, file, old, new, count)


def test_a_file_that_is_not_yaml_is_named(tmp_path):
    assert "nets.yaml: " in told(tmp_path, "nets.yaml", "thing_plus:", "thing_plus: [", 1)


@pytest.mark.parametrize(("text", "value"), [("100k", 100e3), ("4.7k", 4700), ("470", 470), ("1M", 1e6)])
def test_resistances_are_read(text, value):
    assert ohm(text) == value


def test_three_breakouts_pull_the_bus_up_in_parallel():
    there = Netlist(facts(), "thing_plus")
    assert round(bus_pull_ohm(there, "SDA")) == 3333
    assert bus_pull_ohm(there, "BUTTON") == float("inf")


def test_the_made_texts_are_those_of_the_facts():
    netlists = checked(facts())
    assert [text for netlist in netlists for text in drawn_pins.problems(netlist)] == []
    for name, text in texts(netlists).items():
        assert (HARDWARE / name).read_text(encoding="utf-8") == text, f"{name} is stale: run `make hardware`"


def test_a_pin_changed_in_the_drawing_names_both_places(tmp_path):
    there = Netlist(facts(), "thing_plus")
    (tmp_path / "wiring").mkdir()
    text = (HARDWARE / "wiring" / "thing_plus.yml").read_text(encoding="utf-8")
    for old, new in (("25 IMU_INT1", "26 IMU_INT1"), ("QWIIC.3 21 SDA", "QWIIC.3 23 SDA")):
        (tmp_path / "wiring" / "thing_plus.yml").write_text(text.replace(old, new), encoding="utf-8")
        *_, pin, name = new.split()
        (said,) = drawn_pins.problems(there, tmp_path)
        assert said.startswith(
            f"wiring/thing_plus.yml: {name} is on pin {pin}; pins.yaml: thing_plus: {name} is on GPIO"
        )


def test_every_wire_is_in_the_harness():
    plain = texts(checked(facts()))["wiring/thing_plus.yml"]
    for wire in ("25 IMU_INT1", "26 FORCE_READY", "4 HAPTIC", "27 BUTTON", "QWIIC.3 21 SDA", "QWIIC.4 22 SCL"):
        assert wire in plain
