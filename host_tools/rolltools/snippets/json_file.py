# SPDX-License-Identifier: MIT
"""On the board: what a JSON file holds, or its removal."""

import json
import os


def kept_aside(path):
    """Return where a boot keeps a file that was bad (see config.py)."""
    return path[: -len("json")] + "bad.json"


def gone(path):
    """Remove a file; return whether there was one."""
    try:
        os.remove(path)
        return True
    except OSError:
        return False


def main(path, remove=False):
    """Return what the file holds, None where there is none, or a text where it is no JSON or was bad at a boot.

    With `remove` it goes, and what is kept aside of it, too: True when there was anything.
    """
    if remove:
        return any([gone(path), gone(kept_aside(path))])
    try:
        with open(path) as stream:
            return json.load(stream)
    except OSError:
        try:
            os.stat(kept_aside(path))
            return "kept aside"
        except OSError:
            return None
    except ValueError:
        return "not JSON"
