# SPDX-License-Identifier: MIT
"""Boot: the app of the active slot, or safe mode: the prompt, the motor off, and nothing that starts by itself."""

import gc
import sys

gc.threshold(4096)  # collect while loading: what stays would else lie scattered among garbage, and need 50 KB more

try:
    with open("/active") as stream:
        sys.path.insert(0, "/" + stream.read(1))
except (OSError, ValueError):
    sys.path.insert(0, "/a")

from board import Board  # noqa: E402 - lies in the slot just found; what does not load leaves its error at the prompt

board = Board()
try:
    if not board.safe_mode():
        import app

        app.run(board)
        board.keep_failures(0)
except BaseException as error:
    board.record_death(error)
    raise
finally:
    board.motor_off()
