# SPDX-License-Identifier: MIT
"""What the roller feels, as lines for a host: 20 times a second, short enough for the port's buffer of 128 bytes.

`@{"live":[t_ms,force_mn,band,contact,stroke,dir,length_um,doubt,session]}`: the force is null where it is not known;
stroke to doubt are the newest stroke's, 0 before there is one; contact and session are 1 where there is one.
"""

import json

from rollcore.events import STROKE
from rollcore.sample import FORCE_UNKNOWN


class Live:
    """Tells of `engine` while it is stepped."""

    def __init__(self, engine):
        self._engine = engine
        self._stroke = [0, 0, 0, 0]

    def add(self, row):
        """Take an event of the engine."""
        if row[0] == STROKE:
            self._stroke = [row[2], row[5], row[7], row[13]]

    def step(self, now_ms):
        """Say what is felt now."""
        engine = self._engine
        force_mn = engine.force_mn
        felt = [now_ms, None if force_mn == FORCE_UNKNOWN else force_mn, engine.band, int(engine.in_contact)]
        print("@" + json.dumps({"live": felt + self._stroke + [int(engine.in_session)]}))
