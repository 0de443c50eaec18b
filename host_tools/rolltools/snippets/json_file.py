# SPDX-License-Identifier: MIT
"""On the board: what a JSON file holds, or its removal."""

import json
import os


def main(path, remove=False):
    """Return what the file holds, None where there is none, or a text where it is no JSON; True when it was removed."""
    if remove:
        try:
            os.remove(path)
        except OSError:
            return False
        return True
    try:
        with open(path) as stream:
            return json.load(stream)
    except OSError:
        return None
    except ValueError:
        return "not JSON"
