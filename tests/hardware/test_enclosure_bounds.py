# SPDX-License-Identifier: MIT
"""The checks of the model hold at either bound of every parameter, one at a time. It takes some 8 s for each."""

import msgspec
import pytest

from rollhardware.enclosure.params import PATH, check, entries
from rollhardware.errors import HardwareError

# What is asked of the model, and how stiff bar and stop are: at a bound that may be too much, and the make says so.
ASKED = {
    *("bed_mm", "wall_least_mm", "head_clearance_mm", "bridge_longest_mm", "stop_share_least", "stop_modulus_gpa"),
    *("bar_hinge_span_low_mm", "bar_rated_n", "bar_output_mv_per_v", "bar_gauge_factor"),
}
BOUNDS = [
    (key, bound)
    for key, entry in entries().items()
    if entry.min < entry.max and key not in ASKED
    for bound in (entry.min, entry.max)
]


@pytest.mark.exhaustive
@pytest.mark.parametrize(("key", "bound"), BOUNDS)
def test_the_model_holds_or_the_values_are_refused(key, bound):
    pytest.importorskip("build123d", reason="the CAD checks need build123d: make hardware installs it")
    from rollhardware.enclosure import checks
    from rollhardware.enclosure.assembly import assemble

    raw = msgspec.yaml.decode(PATH.read_bytes())
    raw[key]["value"] = bound
    try:
        params = check(raw)
    except HardwareError as error:
        assert key in str(error) or "does not" in str(error)
        return
    report, _ = checks.run(assemble(params))
    assert report.problems == []
