# SPDX-License-Identifier: MIT
"""The fault log on the flash, `/faults.bin`: how often the board started, why it did last, and its newest 32 faults.

Header: magic "RFL1", starts u32, three texts (UTF-8, filled up with zeros): the reset cause of the last start (16
bytes), why the app was not started then (48, empty: it was), what the app last died of (96); CRC-32. Then 32 entries of
20 bytes: number u32 (0: none), start u32, ms since then u32, code u16 (`rollcore.faults`), times u16, CRC-32. All is
little-endian; entry `n` lies in place `n % 32`. What its CRC does not vouch for is not believed: the header begins
anew, an entry is skipped and counted.

The file is always written whole. littlefs brings it to the flash when it is closed, so a power cut leaves the old one
or the new one. Each write costs an erase: call `note` outside of contact, with all that is new. The module is loaded
when needed, and forgets itself after each call.
"""

import struct
import sys
from binascii import crc32

from micropython import const

_PATH = const("/faults.bin")
_PLACES = const(32)
_HEADER = const("<4sI16s48s96s")
_HEADER_BYTES = const(168)
_ENTRY = const("<IIIHH")
_ENTRY_BYTES = const(16)
_CRC_BYTES = const(4)
_ALL_BYTES = const(812)  # 172 + 32 * 20
_MAGIC = const(b"RFL1")
_BLANK_BYTES = const(20)
_U32 = const(0xFFFFFFFF)
_MOST_TIMES = const(0xFFFF)
_LAST_NUMBER = const(0x3FFFFFFF)
_ENOSPC = const(28)


class FaultLog:
    """`count` starts; `texts` are the three of the header; `lost` counts what could not be believed.

    `faults` are rows [number, start, t_ms, code, times], oldest first. `data` is what a file held: any bytes.
    """

    def __init__(self, data=b""):
        self.count = self.lost = 0
        self.texts = ("", "", "")
        self.faults: list[list] = []
        if not data:
            return
        header = _checked(data[: _HEADER_BYTES + _CRC_BYTES], _HEADER)
        if header and header[0] == _MAGIC:
            self.count = header[1]
            self.texts = tuple([_plain(field) for field in header[2:]])
        else:
            self.lost = 1
        for at in range(_HEADER_BYTES + _CRC_BYTES, _ALL_BYTES, _ENTRY_BYTES + _CRC_BYTES):
            entry = data[at : at + _ENTRY_BYTES + _CRC_BYTES]
            row = _checked(entry, _ENTRY)
            if row and 0 < row[0] <= _LAST_NUMBER:
                self.count = max(self.count, row[1])  # where the header is lost, the count goes on from here
                self.faults.append(list(row))
            elif entry != bytes(_BLANK_BYTES):
                self.lost += 1
        self.faults.sort()

    def start(self, texts):
        """Count a start with the texts of the header; no text of a death keeps the one that is there."""
        self.count = (self.count + 1) & _U32
        self.texts = texts[0], texts[1], texts[2] or self.texts[2]

    def add(self, code, t_ms):
        """Keep a fault of this start; one that it or the start before had already is counted there, and moves on.

        So what comes back at every start takes one place, and pushes nothing else out.
        """
        for row in self.faults:
            if row[1] >= self.count - 1 and row[3] == code:
                row[1:] = [self.count, t_ms & _U32, code, min(_MOST_TIMES, row[4] + 1)]
                return
        number = self.faults[-1][0] % _LAST_NUMBER + 1 if self.faults else 1
        self.faults.append([number, self.count, t_ms & _U32, code, 1])
        self.faults = self.faults[-_PLACES:]

    def data(self):
        """Return the bytes for a file, always as many; a text that is too long loses its end."""
        places = [bytes(_BLANK_BYTES)] * _PLACES
        for row in self.faults:
            places[row[0] % _PLACES] = _whole(struct.pack(_ENTRY, *row))
        texts = [text.encode() for text in self.texts]
        return _whole(struct.pack(_HEADER, _MAGIC, self.count, *texts)) + b"".join(places)


def start(texts, names, root=""):
    """Count a start (see `FaultLog.start`) and keep its faults `names`. Never raises."""
    _write(texts, names, 0, root)


def note(names, t_ms, root=""):
    """Keep the faults `names`, met `t_ms` after the start. Never raises; what the flash refuses is lost."""
    _write(None, names, t_ms, root)


def _write(texts, names, t_ms, root):
    try:
        log = _load(root + _PATH)
        if texts:
            log.start(texts)
        for name in names:
            from rollcore.faults import fault_code  # 1 KB of names that a sound roller never needs

            log.add(fault_code(name), t_ms)
        data = log.data()
        with open(root + _PATH, "wb") as stream:
            stream.write(data)
    except OSError as error:
        full = error.errno == _ENOSPC
        print("fault log: the flash", "is full: pull the sessions" if full else "takes no write (%s)" % error)
    except MemoryError:
        print("fault log: no memory")
    if sys.implementation.name == "micropython":
        del sys.modules["faultlog"]


def _load(path):
    try:
        with open(path, "rb") as stream:
            return FaultLog(stream.read(_ALL_BYTES))
    except OSError:
        return FaultLog()  # none yet


def _whole(data):
    return data + struct.pack("<I", crc32(data))


def _checked(data, layout):
    """Return the fields of bytes that end in their CRC, None where it is wrong."""
    size = struct.calcsize(layout)
    if len(data) != size + _CRC_BYTES or _whole(data[:size]) != data:
        return None
    return struct.unpack(layout, data[:size])


def _plain(data):
    """Return the text of a field; a character that was cut in two at its end goes."""
    data = data.rstrip(b"\x00")
    for end in range(len(data), max(-1, len(data) - 4), -1):
        try:
            return data[:end].decode()
        except ValueError:
            pass
    return ""
