# SPDX-License-Identifier: MIT
"""A board at its raw REPL that answers each program with what it was told to."""

from rolltools.link.repl import INFLATES

RAW = b"raw REPL; CTRL-B to exit\r\n>"


class Script:
    """A board that reaches its raw REPL and then answers each program with the next of `answers`."""

    def __init__(self, *answers):
        self._answers = list(answers)
        self._heard = b""
        self._asked = False
        self.programs = []

    def __call__(self, data):
        self._heard += data
        out = b""
        while self._heard:
            if self._heard.startswith(b"\x05A\x01"):  # raw paste: not known here
                self._heard = self._heard[3:]
                out += b"R\x00"
            elif b"\x04" in self._heard:
                program, _, self._heard = self._heard.partition(b"\x04")
                out += self._do(program)
            elif self._heard.endswith(b"\x01"):
                self._heard = b""
                out += RAW
            else:
                break
        return out

    def _do(self, program):
        program = program.lstrip(b"\r\x03\x01\x02")
        if not program:
            return RAW[-1:] if self._asked else self._reset()
        if program.decode() == INFLATES:
            return b"OK" + said(b"False")
        self.programs.append(program.decode())
        answer = self._answers.pop(0) if self._answers else b""
        return answer if answer is None else b"OK" + answer

    def _reset(self):
        self._asked = True
        return b"OK\r\nMPY: soft reboot\r\n" + RAW


def said(text=b"", error=b""):
    return text + b"\x04" + error + b"\x04>"
