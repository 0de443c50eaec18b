# SPDX-License-Identifier: MIT
"""What is missing, broken or wrongly set on the board is named, and the rest goes on."""

import pytest
from fakes.app_rig import pressed
from faultlog import FaultLog

from rollcore.faults import FAULT_NAMES
from rollcore.settings import Settings

PRESSES = [(2.0, 0.0), (1.0, 5.0), (1.5, 14.0), (1.0, 5.0), (1.0, 0.0)]
TWICE = [*PRESSES, (7.0, 0.0), *PRESSES]


def codes(session):
    return [fault.code for fault in session.faults]


def without(make_rig, *missing, **options):
    rig = make_rig(pressed(options.pop("steps", PRESSES)), **options)
    for name in missing:
        rig.world.chips[name].present = False
    return rig


def dead(address):
    return lambda at, reg, length, is_write: 19 if at == address else None


@pytest.mark.parametrize("missing", [(), ("haptic",), ("gauge",), ("haptic", "gauge")])
def test_a_missing_chip_is_named_in_every_session_and_costs_only_what_it_did(make_rig, missing, capsys):
    rig = without(make_rig, *missing, steps=TWICE)
    rig.run(28.0)
    assert rig.error is None
    assert (capsys.readouterr().out.splitlines()[0] == "faults: " + ", ".join(missing)) == bool(missing)
    assert len(rig.sessions()) == 2
    for session in rig.sessions():
        assert session.state == "complete"
        assert sorted(codes(session)) == sorted(missing)
        assert len(session.overpressure) == 1
        assert bool(session.battery) == ("gauge" not in missing)
    assert bool(rig.motor_spans()) == ("haptic" not in missing)


def test_without_an_imu_the_app_goes_on_and_says_so(make_rig, capsys):
    rig = without(make_rig, "imu")
    rig.run(20.0)
    assert rig.error is None
    assert capsys.readouterr().out.splitlines() == ["faults: imu", "stopped: the session is on the flash"]
    assert rig.sessions() == [] and rig.motor_spans() == []
    blinks = [value for _, value in rig.lights()]
    assert len(blinks) > 100 and blinks[:4] == [1, 0, 1, 0]


def test_without_a_force_sensor_the_hand_is_told(make_rig, capsys):
    rig = without(make_rig, "force")
    rig.run(5.0)
    assert rig.error is None
    assert capsys.readouterr().out.startswith("faults: force\n")
    assert rig.sessions() == []
    assert len(rig.motor_spans()) == 3  # three slow pulses


def test_with_an_empty_bus_the_app_still_runs(make_rig, capsys):
    rig = without(make_rig, "imu", "force", "haptic", "gauge")
    rig.run(20.0)
    assert rig.error is None
    assert sorted(capsys.readouterr().out.splitlines()[0][8:].split(", ")) == ["force", "gauge", "haptic", "imu"]
    assert not rig.motor_driven()


def test_an_imu_that_comes_late_is_found(make_rig):
    rig = without(make_rig, "imu", steps=TWICE)
    rig.at(3.0, lambda: setattr(rig.world.chips["imu"], "present", True))
    rig.run(28.0)
    assert rig.error is None
    assert len(rig.sessions()) == 2
    assert "imu" not in codes(rig.sessions()[1])
    assert rig.lights()[-1][1] == 0


def test_an_imu_that_comes_late_brings_its_own_clock(make_rig):
    """Its samples are 9 % slower than the board had to assume without it."""
    rig = without(make_rig, "imu", steps=[(2.0, 0.0), (10.0, 5.0), (1.0, 0.0)], imu={"freq_fine": -60})
    rig.at(1.0, lambda: setattr(rig.world.chips["imu"], "present", True))
    rig.run(25.0)
    session = rig.session()
    assert session.gaps == []
    assert session.duration_s == pytest.approx(10.0, abs=0.2)


@pytest.mark.parametrize("outage", ["bus", "supply"])
def test_an_imu_that_fails_for_a_while_leaves_a_gap_and_comes_back(make_rig, outage):
    """A bus that is held, and a chip that lost its supply and comes back with its registers as delivered."""
    rig = make_rig(pressed([(2.0, 0.0), (3.0, 14.0), (4.0, 14.0), (2.0, 5.0), (1.0, 0.0)]))
    imu = rig.world.chips["imu"]

    def fail():
        if outage == "bus":
            rig.world.bus_fault = lambda address, reg, length, is_write: 116
        else:
            imu.present = False

    def heal():
        rig.world.bus_fault = None
        if not imu.present:
            imu.present = True
            imu.power_on()

    rig.at(5.0, fail)
    rig.at(8.0, heal)
    rig.run(22.0)
    assert rig.error is None
    session = rig.session()
    assert session.state == "complete"
    assert codes(session).count("imu") == 1
    (gap,) = session.gaps
    # A held bus takes nothing from the chip: its FIFO keeps the newest 1.2 s. One that lost its supply kept nothing.
    assert (1.6 < gap.lost_s < 1.9) if outage == "bus" else (2.9 < gap.lost_s < 3.4)
    start_s = 2.0 + 0.45  # contact, on the clock of the rig: the samples begin when the board is up
    assert gap.t_s + start_s == pytest.approx(5.0, abs=0.1)
    spans = rig.motor_spans()
    assert not any(5.03 < start < 8.0 or 5.05 < end < 8.0 for start, end in spans)
    assert any(start > 8.0 for start, _ in spans)
    assert session.duration_s == pytest.approx(9.0, abs=0.2)


def test_a_second_outage_is_told_again(make_rig):
    rig = make_rig(pressed([(2.0, 0.0), (20.0, 5.0), (1.0, 0.0)]))
    for t_s in (5.0, 12.0):
        rig.at(t_s, lambda: setattr(rig.world, "bus_fault", dead(0x6A)))
        rig.at(t_s + 3.0, lambda: setattr(rig.world, "bus_fault", None))
    rig.run(32.0)
    session = rig.session()
    assert codes(session).count("imu") == 2
    assert len(session.gaps) == 2


def test_a_session_does_not_wait_for_the_imu_for_ever(make_rig):
    rig = make_rig(pressed([(2.0, 0.0), (60.0, 5.0)]))
    rig.at(5.0, lambda: setattr(rig.world, "bus_fault", dead(0x6A)))
    kept = []
    rig.at(18.0, lambda: kept.extend(rig.sessions()))
    rig.run(19.0)
    assert [session.state for session in kept] == ["complete"]
    assert codes(kept[0]) == ["imu"]


def test_one_failed_transfer_is_not_a_fault(make_rig):
    rig = make_rig(pressed(PRESSES))
    failed = []

    def once(address, reg, length, is_write):
        failed.append(reg)
        rig.world.bus_fault = None
        return 19

    for k in range(20):
        rig.at(3.0 + k * 0.1, lambda: setattr(rig.world, "bus_fault", once))
    rig.run(14.0)
    assert len(failed) == 20
    session = rig.session()
    assert (session.state, session.faults, session.gaps) == ("complete", [], [])
    assert session.duration_s == pytest.approx(3.5, abs=0.1)


def test_a_haptic_driver_that_dies_in_a_session_is_named_once(make_rig):
    rig = make_rig(pressed(PRESSES))
    rig.at(2.6, lambda: setattr(rig.world, "bus_fault", dead(0x5A)))
    rig.run(14.0)
    assert rig.error is None
    session = rig.session()
    assert codes(session) == ["haptic"]
    assert len(session.overpressure) == 1
    assert session.duration_s == pytest.approx(3.5, abs=0.1)


def test_a_gauge_that_dies_is_asked_again_later(make_rig):
    rig = make_rig(pressed([(2.0, 0.0), (70.0, 5.0), (1.0, 0.0)]))
    rig.at(1.0, lambda: setattr(rig.world, "bus_fault", dead(0x36)))
    rig.at(30.0, lambda: setattr(rig.world, "bus_fault", None))
    rig.run(82.0)
    assert rig.error is None
    assert [60 < reading.t_s < 61 for reading in rig.session().battery] == [True]


def test_a_full_flash_is_told_in_the_next_session_and_costs_nothing(make_rig):
    rig = make_rig(pressed(TWICE))
    rig.disk_error = 28
    rig.at(14.0, lambda: setattr(rig, "disk_error", 0))
    rig.run(28.0)
    assert rig.error is None
    assert [codes(session) for session in rig.sessions()] == [[], ["store_full"]]
    assert [len(session.overpressure) for session in rig.sessions()] == [1, 1], "the first is kept until there is room"


@pytest.mark.parametrize("text", ["{", '{"over_limit_m": 9}', "[]", '{"over_limit_n": 900}', "\x00\x00"])
def test_settings_that_cannot_be_read_are_the_defaults_and_a_fault(make_rig, text, capsys):
    rig = make_rig(pressed([(2.0, 0.0), (0.5, 12.0), (1.0, 5.0), (1.0, 0.0)]))
    rig.set_settings(text)
    rig.run(8.0)
    assert rig.error is None
    assert "settings.json" in capsys.readouterr().out
    session = rig.session()
    assert codes(session) == ["settings"]
    assert session.settings == Settings().to_dict()
    assert len(session.overpressure) == 1


def played(session):
    return [cue.cue for cue in session.cues if cue.played]


def test_a_fault_of_the_board_is_felt_once_in_every_session(make_rig):
    rig = without(make_rig, "gauge", steps=TWICE)
    rig.run(28.0)
    assert [played(session).count("error") for session in rig.sessions()] == [1, 1]


def test_a_flash_that_fails_in_a_session_is_felt(make_rig):
    rig = make_rig(pressed([(2.0, 0.0), (1.0, 5.0), (14.0, 0.0), (3.0, 5.0), (1.0, 0.0)]), {"session_gap_s": 30})
    rig.disk_error = 5
    rig.at(19.0, lambda: setattr(rig, "disk_error", 0))
    rig.run(21.0)
    assert "error" in played(rig.session())
    assert "store_io" in codes(rig.session())


@pytest.mark.parametrize(("mv", "told"), [(3900, 0), (3520, 0), (3480, 1)])
def test_a_low_battery_is_felt_once_in_every_session_while_there_is_enough_for_it(make_rig, mv, told):
    rig = make_rig(pressed([(2.0, 0.0), (65.0, 5.0), (10.0, 0.0), (3.0, 5.0), (8.0, 0.0)]))
    rig.world.chips["gauge"].millivolts = mv
    rig.run(88.0)
    assert [played(session).count("low_battery") for session in rig.sessions()] == [told, told]
    assert bool(rig.motor_spans()) == bool(told)
    assert [codes(session) for session in rig.sessions()] == [[], []]


def test_no_settings_file_is_no_fault(make_rig):
    rig = make_rig(pressed([(2.0, 0.0), (0.5, 12.0), (1.0, 0.0)]))
    (rig.root / "settings.json").unlink()
    rig.run(6.0)
    assert codes(rig.session()) == []
    assert rig.session().settings == Settings().to_dict()


def test_a_calibration_of_another_shape_is_a_fault_and_not_a_crash(make_rig):
    rig = make_rig(pressed([(2.0, 0.0), (0.5, 12.0), (1.0, 0.0)]))
    (rig.root / "calibration.json").write_text('{"zero_counts": 0.5, "counts_per_n": 43800.0}')
    rig.run(6.0)
    assert rig.error is None
    assert codes(rig.session()) == ["settings"]
    assert not rig.session().calibrated


def test_an_app_that_ran_for_a_minute_has_not_failed(make_rig):
    rig = make_rig(pressed([(70.0, 0.0)]))
    rig.world.rtc_memory = b"F\x02"
    kept = []
    for at_s in (59.0, 61.0):
        rig.at(at_s, lambda: kept.append(rig.world.rtc_memory))
    rig.run(62.0)
    assert kept == [b"F\x02", b"F\x00"]


def brown_out(rig, name):
    """Let a chip lose its supply for a moment: it answers, with its registers as delivered."""
    rig.world.settle()
    rig.world.chips[name].power_on()


def test_an_imu_whose_supply_dips_is_back_within_half_a_second(make_rig):
    rig = make_rig(pressed([(2.0, 0.0), (8.0, 5.0), (1.0, 0.0)]))
    rig.at(5.0, lambda: brown_out(rig, "imu"))
    rig.run(18.0)
    session = rig.session()
    (gap,) = session.gaps
    assert gap.lost_s < 0.5 and session.state == "complete"
    assert session.duration_s == pytest.approx(8.0, abs=0.2)


def test_a_converter_whose_supply_dips_is_set_up_anew_and_no_sample_is_lost(make_rig):
    rig = make_rig(pressed([(2.0, 0.0), (14.0, 5.0), (1.0, 0.0)]))
    rig.at(5.0, lambda: brown_out(rig, "force"))
    told = []
    rig.at(12.0, lambda: told.append(rig.world.chips["force"].regs[0x00] & 0x10))
    board = rig.board()
    rig.run(24.0, board)
    assert told == [0x10] and board.faults == []
    session = rig.session()
    assert session.gaps == [] and codes(session).count("force") == 1


def test_a_haptic_driver_whose_supply_dips_plays_the_next_cue(make_rig):
    rig = make_rig(pressed([(2.0, 0.0), (2.0, 5.0), (2.0, 14.0), (1.0, 0.0)]))
    rig.at(3.5, lambda: brown_out(rig, "haptic"))
    rig.run(9.0)
    assert [start for start, _ in rig.motor_spans() if 4.4 < start < 5.0]
    assert rig.world.chips["haptic"].regs[0x16] == 0x53


@pytest.mark.parametrize("clocks", [1, 5, 9])
def test_a_chip_that_holds_the_bus_costs_no_sample(make_rig, clocks):
    rig = make_rig(pressed([(2.0, 0.0), (4.0, 5.0), (1.0, 0.0)]))
    for k in range(10):
        rig.at(3.0 + 0.2 * k, lambda: rig.world.hold_sda(clocks))
    rig.run(13.0)
    session = rig.session()
    assert (session.state, session.gaps, session.faults) == ("complete", [], [])


def logged_faults(rig):
    path = rig.root / "faults.bin"
    return [(FAULT_NAMES[row[3]], row[4]) for row in FaultLog(path.read_bytes()).faults] if path.exists() else []


def test_a_fault_of_the_running_app_is_kept_in_the_fault_log_once_between_two_contacts(make_rig):
    rig = make_rig(pressed([(2.0, 0.0), (4.0, 5.0), (4.0, 0.0), (2.0, 5.0), (6.0, 0.0)]))
    kept = {}
    for at_s in (5.9, 9.5, 18.0):
        rig.at(at_s, lambda at_s=at_s: kept.setdefault(at_s, logged_faults(rig)))
    board = rig.board()
    board.faults.append("haptic")
    rig.run(20.0, board)
    assert kept[5.9] == [("haptic", 1)], "out of contact at the start: at once"
    assert kept[9.5] == kept[18.0] == [("haptic", 1)], "an erase for each name, and no more"


def test_a_fault_in_a_contact_waits_for_its_end(make_rig):
    rig = make_rig(pressed([(2.0, 0.0), (6.0, 5.0), (8.0, 0.0)]))
    rig.at(4.0, lambda: rig.world.chips["imu"].power_on())
    kept = {}
    for at_s in (7.0, 11.0):
        rig.at(at_s, lambda at_s=at_s: kept.setdefault(at_s, logged_faults(rig)))
    rig.run(16.0)
    assert kept == {7.0: [], 11.0: [("imu", 1)]}


def test_a_nearly_empty_cell_keeps_no_faults(make_rig):
    rig = make_rig(pressed([(12.0, 0.0)]))
    rig.world.chips["gauge"].millivolts = 3150
    rig.world.chips["gauge"].rate_x10 = -60
    board = rig.board()
    board.faults.append("haptic")
    rig.at(8.0, lambda: rig.world.press(True))  # it sleeps, and would for ever
    rig.run(10.0, board)
    assert logged_faults(rig) == []
