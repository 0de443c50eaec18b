# SPDX-License-Identifier: MIT
"""The firmware's own sender behind a line that may lose anything; no board, no time."""

import io
from collections.abc import Iterator, Sequence

from sender import Sender

from rolltools.errors import RollerError
from rolltools.link import FileRange
from rolltools.link.frames import PAYLOAD, Frame, FrameReader
from rolltools.virtual.wire import Faults


class LineBoard:
    """A board that has `files` by path; `faults` are those of its line, `sent` counts the bytes of its frames."""

    def __init__(self, files: dict[str, bytes], faults: Faults | None = None, payload: int = PAYLOAD) -> None:
        self.files = files
        self.faults = faults or Faults()
        self.sent = 0
        self.marked: list[str] = []
        self._payload = payload

    def frames(self, ranges: Sequence[FileRange]) -> Iterator[Frame]:
        """Yield what gets through of `ranges`; RollerError where the cable comes out."""
        reader = FrameReader()
        out = bytearray()
        sender = Sender(out.extend, self._payload)
        for request, part in enumerate(ranges):
            if part.path not in self.files:
                sender.begin(request, None, part.start, part.end)
                sender.fail("error 2")
            else:
                sender.begin(request, io.BytesIO(self.files[part.path]), part.start, part.end)
                while sender.turn():
                    yield from self._through(reader, out)
            yield from self._through(reader, out)
        yield from reader.end()

    def mark(self, names: Sequence[str]) -> None:
        """Take note of what is safe."""
        self.marked += names

    def _through(self, reader: FrameReader, out: bytearray) -> list[Frame]:
        self.sent += len(out)
        frames = reader.feed(self.faults.through(bytes(out)))
        out.clear()
        if self.faults.is_cut and not frames:
            raise RollerError("the board fell silent", "check the cable and try again")
        return frames
