# SPDX-License-Identifier: MIT
"""The readings of a board by its chip models: the numbers of a healthy one, and what each harm changes, nothing else.

One virtual board runs; each case harms it in its own Python, reads, and mends it.
"""

import json
from typing import NamedTuple

import pytest
from fakes.virtual_boards import roller, with_firmware

from rolltools.deploying import deploy, firmware_for
from rolltools.errors import RollerError
from rolltools.link import Link
from rolltools.readings import NOT_READ, OK, OUTSIDE, take
from rolltools.virtual.process import run_board

TOOLS = """
import machine
world = machine.world()
def chip(name):
    return world.chips[name]
class Cut:
    def from_chip(self, level):
        pass
    def level(self):
        return 0
def stuck(core):
    configure = core.configure
    def configured(regs, rate_mhz):
        configure(regs, rate_mhz)
        core._accel_test = core._gyro_test = 0
    core.configure = configured
    return configure
"""
SELF_TEST = {f"accel_test_{axis}_mg": 300.0 for axis in "xyz"} | {f"gyro_test_{axis}_dps": 400.0 for axis in "xyz"}
HEALTHY = {
    "addresses": [0x2A, 0x36, 0x5A, 0x6A],
    "button_level": 1,
    "haptic_level": 0,
    "gauge_version": 0x12,
    "battery_v": 3.9,
    "imu_id": 0x6C,
    "int1_reset_level": 0,
    "int1_waiting_level": 1,
    "gravity_g": 1.0,
    **SELF_TEST,
    "imu_rate_hz": 208.0,
    "imu_counted_hz": 208.0,
    "imu_drift_percent": 0.0,
    "force_revision": 15,
    "force_error_bit": 0,
    "force_rate_hz": 320.0,
    "drdy_percent": 100.0,
    "force_mean_counts": -1471 * 43.8,
    "force_noise_counts": 220.0,
    "force_noise_mn": 220 / 43.8,
    "force_clipped": 0,
    "haptic_id": 7,
    "trigger_playing": 1,
    "trigger_released": 0,
    "haptic_supply_v": 3.3,
    "lra_period_ms": 5.714,
    "lra_resonance_hz": 175.0,
    "motor_failed": 0,
    "haptic_hot_or_short": 0,
}
NEAR = {  # how far a number may be off; the others are exact to a thousandth
    "imu_counted_hz": 1.1,
    "imu_drift_percent": 0.55,
    "force_rate_hz": 1.0,
    "force_mean_counts": 60,
    "force_noise_counts": 20,
    "force_noise_mn": 0.5,
    "haptic_supply_v": 0.022,
    "lra_period_ms": 0.05,
    "lra_resonance_hz": 1.5,
}
IMU = [key for key in HEALTHY if key.startswith(("imu", "int1", "gravity", "accel", "gyro"))]
FORCE = [key for key in HEALTHY if key.startswith(("force", "drdy"))]
HAPTIC = [
    key for key in HEALTHY if key.startswith(("haptic_id", "trigger", "haptic_supply", "lra", "motor", "haptic_hot"))
]
GAUGE = ["gauge_version", "battery_v"]


class Harm(NamedTuple):
    """What to do to the board and how to undo it; the readings that are other then, and why some were not read."""

    harm: str
    mend: str
    reads: dict
    why: str = ""


def unread(keys, *left_out):
    return dict.fromkeys([key for key in keys if key not in left_out])


def missing(name, address, keys):
    addresses = [found for found in HEALTHY["addresses"] if found != address]
    harm, mend = (f"chip({name!r}).present = {there}" for there in (False, True))
    return Harm(harm, mend, unread(keys) | {"addresses": addresses}, "the chip does not answer")


HARMS = {
    "no motion sensor": missing("imu", 0x6A, IMU),
    "no force sensor": missing("force", 0x2A, FORCE),
    "no motor driver": missing("haptic", 0x5A, HAPTIC),
    "no gauge": missing("gauge", 0x36, GAUGE),
    "another chip at the motion sensor's address": Harm(
        "chip('imu').regs[0x0F] = 0x6B",
        "chip('imu').regs[0x0F] = 0x6C",
        unread(IMU) | {"imu_id": 0x6B},
        "0x6a is no LSM6DSOX (id 0x6b)",
    ),
    "another chip at the force sensor's address": Harm(
        "chip('force').regs[0x1F] = 0x03",
        "chip('force').regs[0x1F] = 0x0F",
        unread(FORCE) | {"force_revision": 3},
        "0x2a is no NAU7802 (id 0x03)",
    ),
    "a motion sensor of double scale": Harm(
        "chip('imu')._core._double = 2",
        "chip('imu')._core._double = 1",
        {"gravity_g": 0.5} | {key: value / 2 for key, value in SELF_TEST.items() if "accel" in key},
    ),
    "stuck masses": Harm(
        "kept = stuck(chip('imu')._core)", "chip('imu')._core.configure = kept", dict.fromkeys(SELF_TEST, 0.0)
    ),
    "a fast motion sensor": Harm(
        "chip('imu')._freq_fine = 80",
        "chip('imu')._freq_fine = 0",
        {"imu_rate_hz": 208 * 1.12, "imu_counted_hz": 208 * 1.12},
    ),
    "no wire at INT1": Harm(
        "kept = chip('imu')._int1; chip('imu')._int1 = Cut()", "chip('imu')._int1 = kept", {"int1_waiting_level": 0}
    ),
    "a button held": Harm("world.press(True)", "world.press(False)", {"button_level": 0}),
    "a short at the motor's wire": Harm("world.net(4).pull = 1", "world.net(4).pull = 0", {"haptic_level": 1}),
    "no wire at the motor driver": Harm(
        "kept = world.net(4)._listeners; world.net(4)._listeners = []",
        "world.net(4)._listeners = kept",
        {"trigger_playing": 0, "haptic_supply_v": 0.0, "lra_period_ms": 0.0, "lra_resonance_hz": 0},
    ),
    "an empty battery": Harm("chip('gauge').millivolts = 3050", "chip('gauge').millivolts = 3900", {"battery_v": 3.05}),
    "a noisy load cell": Harm(
        "chip('force').noise_counts = 900",
        "chip('force').noise_counts = 220",
        {"force_noise_counts": pytest.approx(900, rel=0.1), "force_noise_mn": pytest.approx(900 / 43.8, rel=0.1)},
    ),
    "a load cell without any noise": Harm(
        "chip('force').noise_counts = 0",
        "chip('force').noise_counts = 220",
        {"force_noise_counts": 0.0, "force_noise_mn": 0.0},
    ),
    "a load cell far off its zero": Harm(
        "chip('force').zero_counts = 500000",
        "chip('force').zero_counts = 0",
        {"force_mean_counts": pytest.approx(500000 - 1471 * 43.8, abs=60)},
    ),
    "a load cell beyond its end": Harm(
        "chip('force').zero_counts = 9000000",
        "chip('force').zero_counts = 0",
        {"force_mean_counts": 8388607, "force_noise_counts": 0.0, "force_noise_mn": 0.0, "force_clipped": 960},
    ),
    "a fast converter": Harm(
        "chip('force')._clock_permille = 80",
        "chip('force')._clock_permille = 0",
        {"force_rate_hz": pytest.approx(345.6, abs=1)},
    ),
    "a converter that cannot calibrate itself": Harm(
        "chip('force').calibration_fails = True",
        "chip('force').calibration_fails = False",
        unread(FORCE, "force_revision") | {"force_error_bit": 1},
        "NAU7802: offset calibration failed",
    ),
    "no wire at DRDY": Harm(
        "kept = chip('force')._drdy; chip('force')._drdy = Cut(); kept.from_chip(0)",
        "chip('force')._drdy = kept",
        {"drdy_percent": 0.0},
    ),
    "a motor of another frequency": Harm(
        "chip('haptic')._lra.resonance_hz = 235",
        "chip('haptic')._lra.resonance_hz = 175",
        {"lra_period_ms": pytest.approx(4.255, abs=0.05), "lra_resonance_hz": pytest.approx(235, abs=3)},
    ),
    "no motor": Harm(
        "chip('haptic').motor_open = True",
        "chip('haptic').motor_open = False",
        {"lra_period_ms": 0.0, "lra_resonance_hz": 0, "motor_failed": 1},
    ),
    "a weak supply": Harm(
        "chip('haptic').supply_mv = 2800",
        "chip('haptic').supply_mv = 3300",
        {"haptic_supply_v": pytest.approx(2.8, abs=0.022)},
    ),
    "a bus that fails while the motor buzzes": Harm(
        "world.bus_fault = lambda address, reg, length, write: 5 if reg == 0x21 and address == 0x5A else None",
        "world.bus_fault = None",
        unread(HAPTIC, "haptic_id", "trigger_playing"),
        "the bus fails with error 5",
    ),
    "a bus that fails while the driver looks at its motor": Harm(
        "world.bus_fault = lambda at, reg, n, w: 5 if (reg, w, chip('haptic')._mode()) == (12, False, 6) else 0",
        "world.bus_fault = None",
        unread(["motor_failed", "haptic_hot_or_short"]),
        "the bus fails with error 5",
    ),
}


@pytest.fixture(scope="module")
def board(firmware_image, tmp_path_factory):
    folder = with_firmware(firmware_image, tmp_path_factory.mktemp("readings"))
    with run_board(folder, "--clock", "fast") as running:
        yield running


@pytest.fixture
def link(board):
    with Link(board.port, restart=False, silence_s=20) as link:
        link.exec(TOOLS)
        yield link


def expected(key, value):
    is_plain = isinstance(value, int | float) and not isinstance(value, bool)
    return pytest.approx(value, abs=NEAR.get(key, 0.001 * abs(value))) if is_plain else value


def check(found, reads, why=""):
    """Check every reading against the healthy board's, but those that `reads` names."""
    wanted = HEALTHY | reads
    assert {reading.key: reading.value for reading in found} == {k: expected(k, v) for k, v in wanted.items()}
    for reading in found:
        state = NOT_READ if reading.value is None else OUTSIDE if reading.key in reads else OK
        if reading.key not in MOVED:
            assert reading.state == state, reading
        assert reading.why == (why if state == NOT_READ else "")


MOVED = {f"accel_test_{axis}_mg" for axis in "xyz"}  # at double scale they are others, and within their limits


def test_a_healthy_board_reads_what_is_expected_and_its_motor_stops(board, link):
    taken = take(link)
    check(taken.readings, {})
    assert (taken.board, taken.device, taken.firmware) == ("thing_plus", "246f28524c01", "0.1.0")
    assert taken.failed() == []
    motor = [note["value"] for note in board.notes() if note["name"] == "motor"]
    assert max(motor) == 100 and motor[-1] == 0
    assert motor_is_off(link)


def motor_is_off(link):
    return link.exec("world.settle(); print(world.motor, world.level(4))").split() == [b"0", b"0"]


@pytest.mark.parametrize("name", HARMS)
def test_a_harm_changes_its_own_readings_and_the_motor_stops(link, name):
    harm = HARMS[name]
    link.exec(harm.harm)
    try:
        taken = take(link)
        if "motor's wire" not in name:
            assert motor_is_off(link)
    finally:
        link.exec(harm.mend)
    check(taken.readings, harm.reads, harm.why)
    assert taken.failed()


def test_the_bench_board(vm64, tmp_path):
    with run_board(tmp_path, "--clock", "fast", "--board", "devkit_fsr") as board, Link(board.port) as link:
        with pytest.raises(RollerError, match="no readings") as caught:
            take(link)
        assert caught.value.cure == "run `roller deploy`"
        deploy(link, firmware_for("devkit_fsr"))
        link.exec(TOOLS)
        found = {reading.key: reading for reading in take(link).readings}
        assert found["addresses"].value == [0x68] and found["imu_id"].value == 0x68
        assert found["gravity_g"].value == pytest.approx(1, abs=0.001)
        assert found["imu_counted_hz"].value == pytest.approx(200, abs=1)
        assert (found["fsr_mv"].value, found["fsr_noise_mv"].value) == (150, 0)  # nothing is seen below
        assert {reading.state for reading in found.values()} == {OK}
        link.exec("chip('force').shorted = True; chip('imu').present = False")
        found = {reading.key: reading for reading in take(link).readings}
    assert found["fsr_mv"].value > 3000 and found["fsr_mv"].state == OUTSIDE
    assert found["imu_id"].state == NOT_READ and found["gravity_g"].why == "the chip does not answer"
    assert found["button_level"].state == OK


def test_the_command_keeps_them_and_fails_where_one_is_outside(board, tmp_path):
    """The whole command, and the app goes on after it."""
    done = roller("readings", "--port", board.port, "--out", str(tmp_path / "first.json"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout and len(done.stdout.splitlines()) == 4 + len(HEALTHY)
    assert done.stdout.endswith(f"kept: {tmp_path / 'first.json'}\n")
    kept = json.loads((tmp_path / "first.json").read_text())
    assert {reading["key"]: reading["value"] for reading in kept["readings"]} == {
        key: expected(key, value) for key, value in HEALTHY.items()
    }
    with Link(board.port, restart=False) as link:
        link.exec("import machine\nmachine.world().chips['gauge'].millivolts = 3050")
    done = roller("readings", "--port", board.port, "--json")
    assert done.returncode == 1
    assert [r["key"] for r in json.loads(done.stdout)["readings"] if r["state"] == OUTSIDE] == ["battery_v"]
    cause, cure = done.stderr.splitlines()
    assert "1 of" in cause and "battery" in cause and "step 4b" in cure


def test_an_older_firmware_is_told_to_be_deployed(link):
    link.exec("import sys\nsys.path.insert(0, '/' + open('/active').read(1))")
    link.exec(
        "import drivers.lsm6dsox_selftest as test\nkept = test.accel_deflections_ug\ndel test.accel_deflections_ug"
    )
    try:
        with pytest.raises(RollerError, match="no readings") as caught:
            take(link)
    finally:
        link.exec("test.accel_deflections_ug = kept")
    assert caught.value.cure == "run `roller deploy`"
