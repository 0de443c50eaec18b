# SPDX-License-Identifier: MIT
"""The checks of the model hold at either bound of every parameter, one at a time. It takes some 8 s for each."""

import msgspec
import pytest

from rollhardware.enclosure.params import PATH, check, entries
from rollhardware.errors import HardwareError

BOUNDS = [(key, bound) for key, entry in entries().items() if entry.min < entry.max for bound in (entry.min, entry.max)]


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
