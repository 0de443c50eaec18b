# SPDX-License-Identifier: MIT
"""On the board: the routine it leads through, or its removal."""

import json
import os

_PATH = "/routine.json"


def main(remove=False):
    """Return what the file holds, None where there is none, or a text where it cannot be read; True when removed."""
    if remove:
        try:
            os.remove(_PATH)
        except OSError:
            return False
        return True
    try:
        with open(_PATH) as stream:
            return json.load(stream)
    except OSError:
        return None
    except ValueError:
        return "not JSON"
