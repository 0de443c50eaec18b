# SPDX-License-Identifier: MIT
"""Boot: the app of the active slot, or safe mode while the button is held; the motor is off when it ends."""

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
    if board.button():
        print("safe mode: the button was held at boot; the app is not started")
        board.led(True)
    else:
        import app

        app.run(board)
finally:
    board.motor_off()
