# SPDX-License-Identifier: MIT
"""One run of the board over its chips, for any interpreter: prints every sample and every change of the motor.

In the VM: ``micropython chips_vm.py DEVICE FIRMWARE TESTS BOARD``.
"""

import sys

if sys.implementation.name == "micropython":
    sys.path[:0] = sys.argv[1:4]

from fakes.board_rig import Rig, moving_rows, sample_file

OPTIONS = {
    "thing_plus": {"imu": {"freq_fine": -9}, "force": {"clock_permille": 13}},
    "devkit_fsr": {"imu": {"clock_permille": -7}, "force": {"slope_permille": 930}},
}


def run(name):
    """Return the lines that every interpreter must print alike."""
    rig = Rig(sample_file(moving_rows(400)), board_name=name, **OPTIONS[name])
    board = rig.board()
    lines = [repr([board.faults, board.period_us, rig.clock.now_us()])]
    board.start()
    take = lambda sample: lines.append(repr(list(sample)))  # noqa: E731
    rig.run(board, 300, take)
    for level in (20, 100, 60, 0):
        board.motor(level)
        rig.run(board, 100, take)
    rig.sleep_ms(2500)
    rig.run(board, 500, take)
    lines.append(repr([board.overrun, board.battery(), rig.clock.now_us()]))
    lines += [repr(note) for note in rig.notes]
    saved = rig.world.save()
    for name in sorted(saved["chips"]):
        lines.append(name + saved["chips"][name]["regs"])
    return lines


if __name__ == "__main__":
    print("\n".join(run(sys.argv[4])))
