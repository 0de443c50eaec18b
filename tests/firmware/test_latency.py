# SPDX-License-Identifier: MIT
"""From the force word in the converter to the motor command: `make latency` prints it over a million samples."""

import latency


def test_a_force_word_is_decided_on_within_a_drain_and_what_it_takes(tmp_path):
    probe = latency.measure(tmp_path, 16000)
    assert probe.words.count + probe.stalled.count > 16000 * 320 / 208 - 400
    assert 5 < probe.words.quantile_ms(0.5) < 13
    assert probe.words.quantile_ms(0.99) < 25
    assert probe.commands.count > 100
    assert probe.commands.largest_us < 30000
    assert probe.stalled.count > 100  # pages were written in between


def test_the_motor_is_asked_for_in_the_step_of_the_sample_that_decides():
    assert latency.steps_to_command() == 1
