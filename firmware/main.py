# SPDX-License-Identifier: MIT
"""Boot: the app of the active slot, or safe mode where the board asks for it; the motor is off when it ends."""

import gc
import sys

gc.threshold(4096)  # collect while loading: what stays would else lie scattered among garbage, and need 50 KB more

try:
    with open("/active") as stream:
        sys.path.insert(0, "/" + stream.read().strip())
except OSError:
    sys.path.insert(0, "/a")

from board import Board  # noqa: E402 - lies in the slot just found

board = Board()
try:
    why = board.safe_mode()
    if why:
        print("safe mode: %s; the app is not started" % why)
        board.led(True)
    else:
        import app

        app.run(board)
        board.keep_failures(0)
finally:
    board.motor_off()
