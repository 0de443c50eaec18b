# SPDX-License-Identifier: MIT
"""What several tests of the detector begin with."""

import pytest
from blocks import Blocks


@pytest.fixture
def blocks():
    """Return a roller that has rested on the skin for 0.4 s."""
    made = Blocks()
    made.go(0, 400)
    made.touch().go(0, 400)
    return made
