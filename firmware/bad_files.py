# SPDX-License-Identifier: MIT
"""What becomes of a settings, routine, calibration or motor file that is bad: nothing that somebody wrote is lost.

It moves aside (`/settings.bad.json`): the first one, until somebody has looked; what is bad after it stays where it is.
As long as nothing takes its place, each boot says so. The boot loads this module where there is a bad file.
"""

import os
import sys

_NAMES = ("settings", "routine", "calibration", "motor")  # of the files, and of their faults


def keep(problems, root):
    """Keep the files aside that have one of `problems` (in the order of `_NAMES`), and log their faults.

    A file that an earlier boot has kept is a problem, too, where no other one is there.
    """
    faults = []
    for i, name in enumerate(_NAMES):
        path = root + "/" + name
        there = _exists(path + ".json")
        kept = _exists(path + ".bad.json")
        if problems[i] and there:
            faults.append(name)
            if not kept:
                _rename(path + ".json", path + ".bad.json")
        elif kept and not there:
            problems[i] = "%s.json: was bad, and is kept as .bad.json" % path
    if faults:
        import faultlog

        faultlog.note(faults, 0, root)
    if sys.implementation.name == "micropython":
        del sys.modules["bad_files"]


def _rename(path, to):
    try:
        os.rename(path, to)
    except OSError:
        pass  # it stays where it is, and is named at each boot


def _exists(path):
    try:
        os.stat(path)
        return True
    except OSError:
        return False
