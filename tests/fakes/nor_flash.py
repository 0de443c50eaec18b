# SPDX-License-Identifier: MIT
"""A NOR flash chip: erasing sets a sector to ones, programming only clears bits, and the power may go in between."""

SECTOR_BYTES = 4096
PAGE_BYTES = 256


class PowerCut(Exception):  # noqa: N818 - it is what happens, not a mistake
    """The supply went in the middle of an operation, which is left half done."""


class NorFlash:
    """An array of `size` bytes that counts what is done to it.

    `operations_left` are the erases of a sector and the programs of a page until the power goes (None: it stays).
    `stuck` are (address, mask) of cells that always read as zero.
    """

    def __init__(self, size: int = 4 * 1024 * 1024, content: bytes = b"") -> None:
        self.data = bytearray(content.ljust(size, b"\xff"))
        self.erases = 0
        self.programs = 0
        self.operations_left: int | None = None
        self.stuck: list[tuple[int, int]] = []

    def erase(self, start: int, size: int) -> bool:
        """Erase whole sectors; False, and nothing done, where the bounds are no sectors of this chip."""
        if start % SECTOR_BYTES or size % SECTOR_BYTES or start + size > len(self.data):
            return False
        for at in range(start, start + size, SECTOR_BYTES):
            self._spend(at, b"\xff" * (SECTOR_BYTES // 2))
            self.erases += 1
            self._put(at, b"\xff" * SECTOR_BYTES)
        return True

    def program(self, start: int, data: bytes) -> bool:
        """Clear the bits that are 0 in `data`; False, and nothing done, beyond the end of the chip."""
        if start + len(data) > len(self.data):
            return False
        at = 0
        while at < len(data):
            page = data[at : at + PAGE_BYTES - (start + at) % PAGE_BYTES]
            old = self.data[start + at : start + at + len(page)]
            new = (int.from_bytes(old, "big") & int.from_bytes(page, "big")).to_bytes(len(page), "big")
            self._spend(start + at, new[: len(new) // 2])
            self.programs += 1
            self._put(start + at, new)
            at += len(page)
        return True

    def _spend(self, at: int, torn: bytes) -> None:
        if self.operations_left is None:
            return
        if self.operations_left == 0:
            self._put(at, torn)
            raise PowerCut
        self.operations_left -= 1

    def _put(self, at: int, content: bytes) -> None:
        self.data[at : at + len(content)] = content
        for address, mask in self.stuck:
            self.data[address] &= ~mask
