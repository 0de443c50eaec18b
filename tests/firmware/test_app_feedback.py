# SPDX-License-Identifier: MIT
"""Feedback of the whole firmware over its chip models: the alarm's own account, cues off, the status light."""

import pytest
from fakes.app_rig import AppRig, pressed

from rollcore.fields import BAND_NAMES
from rollcore.status_light import OFF, light

COLOURS = [light(0, band, True, False, False, False) for band in range(len(BAND_NAMES))]
HARD = [(1.0, 0.0), (1.0, 4.0), (1.0, 14.0), (1.0, 4.0), (2.0, 0.0)]


@pytest.fixture
def run(tmp_path, monkeypatch):
    def run_it(steps, **options):
        rig = AppRig(tmp_path, monkeypatch, pressed(steps), **options)
        rig.run(sum(seconds for seconds, _ in steps))
        assert rig.error is None
        return rig

    return run_it


def test_the_log_keeps_when_the_motor_was_commanded(run):
    rig = run(HARD)
    (alarm,) = rig.session().overpressure
    assert alarm.t_cross_s < alarm.t_on_s <= alarm.t_told_s
    assert alarm.t_told_s - alarm.t_on_s < 0.03, "a drain of the FIFO and the bus"
    assert rig.motor_spans()
    assert (round(alarm.peak_n), alarm.ceiling) == (14, False)
    assert alarm.impulse_ns == pytest.approx(4.0, rel=0.1)


def test_cues_off_decides_and_records_and_leaves_the_motor_alone(run):
    rig = run(HARD, settings={"cues": "off"})
    session = rig.session()
    assert rig.motor_spans() == []
    assert [(cue.cue, cue.played) for cue in session.cues] == [("over", False)]
    (alarm,) = session.overpressure
    assert alarm.t_told_s is None


def lights(rig):
    return [value for _, name, value in rig.notes if name == "rgb"]


def test_the_light_shows_the_bands_on_change_only_and_goes_out_at_the_end(run):
    shown = lights(run(HARD))
    wanted, over = shown.index(COLOURS[3]), shown.index(COLOURS[5])
    assert wanted < over < shown.index(COLOURS[3], over)
    assert all(a != b for a, b in zip(shown, shown[1:], strict=False))
    assert shown[-1] == OFF


def test_an_unknown_force_lights_magenta_and_never_green(run, tmp_path, monkeypatch):
    rig = AppRig(tmp_path, monkeypatch, pressed([(1.0, 0.0), (4.0, 4.0)]))
    rig.at(2.5, lambda: setattr(rig.world.chips["force"], "present", False))
    rig.run(4.0)
    after = [value for t_us, name, value in rig.notes if name == "rgb" and t_us > 2700000]
    before = [value for t_us, name, value in rig.notes if name == "rgb" and t_us < 2500000]
    assert COLOURS[3] in before
    assert COLOURS[3] not in after
    assert COLOURS[0] in [value for _, name, value in rig.notes if name == "rgb"][len(before) :]
