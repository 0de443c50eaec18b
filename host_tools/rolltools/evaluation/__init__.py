# SPDX-License-Identifier: MIT
"""How good the engine is, on modelled hands it was never tuned on, beside naive counters and a ceiling."""

HELD_OUT_FIRST = 1000  # from this seed on nothing is developed, tuned or tested on
HELD_OUT_COUNT = 1000
