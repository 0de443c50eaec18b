# SPDX-License-Identifier: MIT
"""An ESP32 in its boot loader: the ROM's commands, then those of the program that esptool loads into its RAM.

It speaks what the loader speaks (packets, registers, checksums, status bytes: Espressif's "serial protocol"), so that
esptool, as it is, flashes it. Of the program in RAM it runs no machine code: a complete upload that is started within
itself says OHAI, and from then on the commands of that program are answered. Both know only what was sent to them.
"""

import hashlib
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fakes.nor_flash import SECTOR_BYTES, NorFlash

ROM_BAUD = 115200
MAC = bytes.fromhex("246f28524c01")  # the one of the virtual board

SYNC, READ_REG, WRITE_REG, GET_SECURITY_INFO = 0x08, 0x0A, 0x09, 0x14
MEM_BEGIN, MEM_END, MEM_DATA = 0x05, 0x06, 0x07
FLASH_BEGIN, FLASH_DATA, FLASH_END = 0x02, 0x03, 0x04
DEFL_BEGIN, DEFL_DATA, DEFL_END = 0x10, 0x11, 0x12
SPI_SET_PARAMS, SPI_ATTACH, CHANGE_BAUDRATE, SPI_FLASH_MD5 = 0x0B, 0x0D, 0x0F, 0x13
ERASE_FLASH, ERASE_REGION, READ_FLASH = 0xD0, 0xD1, 0xD2

_OK = 0
_ROM_INVALID, _ROM_BAD_CHECKSUM = 0x05, 0x07
_BAD_LENGTH, _BAD_CHECKSUM, _FAILED_SPI, _NOT_IN_FLASH_MODE = 0xC0, 0xC1, 0xC4, 0xC6
_INFLATE_ERROR, _NOT_ENOUGH, _TOO_MUCH, _NOT_IMPLEMENTED = 0xC7, 0xC8, 0xC9, 0xFF

_MAGIC_REG, _EFUSES = 0x40001000, 0x3FF5A000
_SPI = 0x3FF42000
_SPI_CMD, _SPI_ADDR, _SPI_USR2, _SPI_W0 = _SPI, _SPI + 0x04, _SPI + 0x24, _SPI + 0x80
_SPI_RUN = 1 << 18
_SFDP = b"SFDP\x06\x01\x01\xff".ljust(256, b"\xff")
_SYNC_WORD = b"\x07\x07\x12\x20" + b"\x55" * 32


@dataclass
class Faults:
    """What is wrong with the board: each is off unless it is set."""

    silent: bool = False  # it never says anything
    no_stub: bool = False  # the program in RAM does not start
    keeps_rate: bool = False  # it does not answer to a change of the rate
    noisy_above_baud: int = 10**9  # beyond this rate what arrives is damaged


@dataclass
class Kind:
    """A type of chip: its magic number, and the id that it tells where it knows the question."""

    magic: int
    chip_id: int | None = None


ESP32 = Kind(0x00F01D83)
ESP32_S2 = Kind(0x000007C6)
ESP32_S3 = Kind(0x00000009, 9)
FLASH_IDS = {2: 0x1540EF, 4: 0x1640EF, 8: 0x1740EF}  # Winbond W25Q16, 32, 64: MB -> what RDID says


def slip(payload: bytes) -> bytes:
    """Return a frame as it goes over the line."""
    return b"\xc0" + payload.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc") + b"\xc0"


def checksum(data: bytes) -> int:
    """Return the exclusive or of all bytes and 0xEF."""
    state = 0xEF
    for byte in data:
        state ^= byte
    return state


class Esp32:
    """The chip. `answers(frame)` gives what it sends, framed; it works between two answers as they come.

    `baud` is the rate that it hears and speaks, None while it waits for a sync to find it out.
    """

    def __init__(self, flash: NorFlash, kind: Kind = ESP32, faults: Faults | None = None) -> None:
        self.flash = flash
        self.kind = kind
        self.faults = faults or Faults()
        self.commands: list[int] = []  # every one that was understood as a request, in order
        self.on_command: Callable[[int], None] = lambda count: None
        self.on_reboot: Callable[[], None] = lambda: None
        self.restart()

    def restart(self) -> None:
        """Reset into the boot loader of the ROM: nothing but the flash is kept."""
        self.baud: int | None = None
        self.runs_stub = False
        self.crashed = False
        self.ram: dict[int, bytearray] = {}
        self._upload: tuple[int, int] = (0, 0)  # where in RAM, bytes announced
        self._writing: _Writing | None = None
        self._reading: _Reading | None = None
        size_mb = len(self.flash.data) >> 20
        self._flash_id = FLASH_IDS.get(size_mb, 0xFFFFFF)
        efuses = [0, int.from_bytes(MAC[2:], "big"), int.from_bytes(MAC[:2], "big"), 1 << 15, 0, 0, 0]
        self.registers = {_EFUSES + 4 * i: word for i, word in enumerate(efuses)} | {_MAGIC_REG: self.kind.magic}

    def answers(self, frame: bytes, host_baud: int) -> Iterator[bytes]:
        """Yield what the chip puts on the line for a frame that came at a rate."""
        if self.faults.silent or self.crashed:
            return
        if self._reading:
            yield from self._reading.acknowledged(frame)
            if self._reading.done:
                self._reading = None
            return
        if len(frame) < 8 or frame[0] != 0:
            return
        op, size, check = struct.unpack_from("<BHI", frame, 1)
        data = frame[8:]
        if self.baud is None:
            if op != SYNC:
                return
            self.baud = host_baud
        if host_baud != self.baud or host_baud > self.faults.noisy_above_baud:
            return
        self.commands.append(op)
        self.on_command(len(self.commands))
        if len(data) != size:
            yield self._reply(op, _BAD_LENGTH if self.runs_stub else _ROM_INVALID)
        elif op == SYNC:
            yield from self._sync(data)
        else:
            yield from (self._stub if self.runs_stub else self._rom)(op, data, check)

    def _reply(self, op: int, error: int = _OK, value: int = 0, data: bytes = b"") -> bytes:
        status = bytes([error != _OK, error]) + (b"" if self.runs_stub else b"\0\0")
        return slip(struct.pack("<BBHI", 1, op, len(data + status), value) + data + status)

    def _sync(self, data: bytes) -> Iterator[bytes]:
        if data == _SYNC_WORD:
            yield 8 * self._reply(SYNC, value=0 if self.runs_stub else 0x20120707)

    def _rom(self, op: int, data: bytes, check: int) -> Iterator[bytes]:
        if op == GET_SECURITY_INFO and self.kind.chip_id is not None:
            yield self._reply(op, data=struct.pack("<IB7xII", 0, 0, self.kind.chip_id, 0))
        elif op in (SPI_ATTACH, SPI_SET_PARAMS):
            yield self._reply(op)
        elif op in (READ_REG, WRITE_REG, MEM_BEGIN, MEM_DATA, MEM_END):
            yield from self._common(op, data, check)
        else:
            yield 8 * self._reply(0, _ROM_INVALID)

    def _common(self, op: int, data: bytes, check: int) -> Iterator[bytes]:
        """Answer what both know: registers and RAM."""
        if op == READ_REG:
            yield self._reply(op, value=self.registers.get(struct.unpack("<I", data)[0], 0))
        elif op == WRITE_REG:
            address, value, mask, _ = struct.unpack_from("<IIII", data)
            self._write_register(address, (self.registers.get(address, 0) & ~mask) | (value & mask))
            yield self._reply(op)
        elif op == MEM_BEGIN:
            size, _, _, offset = struct.unpack("<IIII", data)
            self._upload = (offset, size)
            self.ram[offset] = bytearray()
            yield self._reply(op)
        elif op == MEM_DATA:
            yield self._reply(op, self._store_in_ram(data, check))
        elif op == MEM_END:
            stay, entry = struct.unpack("<II", data)
            yield self._reply(op)
            if not stay:
                yield from self._jump(entry)

    def _store_in_ram(self, data: bytes, check: int) -> int:
        size = struct.unpack_from("<I", data)[0]
        offset, announced = self._upload
        block = data[16:]
        if len(block) != size or len(self.ram.get(offset, b"")) + size > announced:
            return _BAD_LENGTH if self.runs_stub else _ROM_INVALID
        if checksum(block) != check:
            return _BAD_CHECKSUM if self.runs_stub else _ROM_BAD_CHECKSUM
        self.ram[offset] += block
        return _OK

    def _jump(self, entry: int) -> Iterator[bytes]:
        inside = any(offset <= entry < offset + len(code) for offset, code in self.ram.items())
        if self.faults.no_stub or not inside:
            self.crashed = True
            return
        self.runs_stub = True
        yield slip(b"OHAI")

    def _write_register(self, address: int, value: int) -> None:
        self.registers[address] = value
        if address == _SPI_CMD and value & _SPI_RUN:
            self.registers[_SPI_CMD] = 0  # done by the time that anybody looks
            self.registers[_SPI_W0] = self._spi(self.registers.get(_SPI_USR2, 0) & 0xFF)

    def _spi(self, command: int) -> int:
        """Return what the flash chip says to a command of its own."""
        if command == 0x9F:
            return self._flash_id
        if command == 0x5A:
            at = self.registers.get(_SPI_ADDR, 0) >> 8
            return int.from_bytes(_SFDP[at : at + 4], "little")
        return 0

    def _stub(self, op: int, data: bytes, check: int) -> Iterator[bytes]:
        if op in (READ_REG, WRITE_REG, MEM_BEGIN, MEM_DATA, MEM_END):
            yield from self._common(op, data, check)
        elif op in (SPI_ATTACH, SPI_SET_PARAMS):
            yield self._reply(op)
        elif op == CHANGE_BAUDRATE:
            if not self.faults.keeps_rate:
                yield self._reply(op)
                self.baud = struct.unpack_from("<I", data)[0]
        elif op in (FLASH_BEGIN, DEFL_BEGIN):
            size, _, _, offset = struct.unpack_from("<IIII", data)
            self._writing = _Writing(self.flash, offset, size, zlib.decompressobj() if op == DEFL_BEGIN else None)
            yield self._reply(op)
        elif op in (FLASH_DATA, DEFL_DATA):
            yield from self._flash_data(op, data, check)
        elif op in (FLASH_END, DEFL_END):
            yield from self._flash_end(op, struct.unpack("<I", data)[0])
        else:
            yield from self._whole_flash(op, data)

    def _flash_data(self, op: int, data: bytes, check: int) -> Iterator[bytes]:
        """Answer first, write then, as the program does: what goes wrong is told with the next answer."""
        block = data[16:]
        if self._writing is None:
            yield self._reply(op, _NOT_IN_FLASH_MODE)
        elif len(block) != struct.unpack_from("<I", data)[0]:
            yield self._reply(op, _BAD_LENGTH)
        elif checksum(block) != check:
            yield self._reply(op, _BAD_CHECKSUM)
        else:
            yield self._reply(op, self._writing.error)
            self._writing.take(block)

    def _flash_end(self, op: int, stay: int) -> Iterator[bytes]:
        if self._writing is None:
            yield self._reply(op, _NOT_IN_FLASH_MODE)
            return
        yield self._reply(op, self._writing.error or (_NOT_ENOUGH if self._writing.left else _OK))
        self._writing = None
        if not stay:
            self.restart()
            self.on_reboot()

    def _whole_flash(self, op: int, data: bytes) -> Iterator[bytes]:
        if op == ERASE_FLASH:
            self.flash.erase(0, len(self.flash.data))
            yield self._reply(op)
        elif op == ERASE_REGION:
            yield self._reply(op, _OK if self.flash.erase(*struct.unpack("<II", data)) else _FAILED_SPI)
        elif op == SPI_FLASH_MD5:
            start, size = struct.unpack_from("<II", data)
            yield self._reply(op, data=hashlib.md5(self.flash.data[start : start + size]).digest())
        elif op == READ_FLASH:
            start, size, block, window = struct.unpack("<IIII", data)
            yield self._reply(op)
            self._reading = _Reading(bytes(self.flash.data[start : start + size]), block, window)
            yield from self._reading.more()
        else:
            yield self._reply(op, _NOT_IMPLEMENTED)


class _Writing:
    """Data on its way to the flash: `left` bytes are awaited; every sector is erased right before its first byte."""

    def __init__(self, flash: NorFlash, start: int, size: int, inflate: "zlib._Decompress | None") -> None:
        self._flash = flash
        self._at = start
        self._erased_to = start // SECTOR_BYTES * SECTOR_BYTES
        self.left = size
        self._inflate = inflate
        self.error = _OK

    def take(self, block: bytes) -> None:
        """Write a block; `error` says how it went. What a plain block has too much is padding."""
        if self._inflate:
            try:
                block = self._inflate.decompress(block)
            except zlib.error:
                self.error = _INFLATE_ERROR
                return
            if len(block) > self.left:
                self.error = _TOO_MUCH
                return
        block = block[: self.left]
        while self._erased_to < self._at + len(block):
            self._flash.erase(self._erased_to, SECTOR_BYTES)
            self._erased_to += SECTOR_BYTES
        if not self._flash.program(self._at, block):
            self.error = _FAILED_SPI
        self._at += len(block)
        self.left -= len(block)


class _Reading:
    """A part of the flash on its way to the host, at most `window` blocks ahead of what it says it has."""

    def __init__(self, data: bytes, block: int, window: int) -> None:
        self._data, self._block, self._window = data, block, window
        self._sent = self._had = 0
        self.done = False

    def more(self) -> Iterator[bytes]:
        """Yield the blocks that may go out."""
        while self._sent < len(self._data) and self._sent - self._had < self._block * self._window:
            chunk = self._data[self._sent : self._sent + self._block]
            self._sent += len(chunk)
            yield slip(chunk)

    def acknowledged(self, frame: bytes) -> Iterator[bytes]:
        """Take what the host says it has; yield more, at the end the MD5 of all."""
        self._had = int.from_bytes(frame[:4], "little")
        yield from self.more()
        if self._had >= len(self._data):
            self.done = True
            yield slip(hashlib.md5(self._data).digest())
