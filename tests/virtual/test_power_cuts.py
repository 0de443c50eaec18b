# SPDX-License-Identifier: MIT
"""A power cut at any program or erase loses no page that was acknowledged, no settings and no file system."""

import power_cuts
import pytest


@pytest.mark.usefixtures("vm64")
@pytest.mark.parametrize(
    ("strides", "least"), [((7, 13), 300), pytest.param(power_cuts.STRIDES, 20000, marks=pytest.mark.exhaustive)]
)
def test_no_power_cut_loses_what_was_acknowledged(strides, least, tmp_path):
    found = power_cuts.sweep(*strides, tmp_path)
    assert found["first"] + found["second"] >= least
    assert (found["unmountable"], found["lost"], found["wrong"]) == (0, [], [])
    assert found["third days"] > 20 and found["removed"] > 100
    assert 0 < found["new_settings"] < found["first"] + found["second"]
    assert len(found["left"]) > 10
