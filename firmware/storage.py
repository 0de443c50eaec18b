# SPDX-License-Identifier: MIT
"""Session files on the board's file system: one file per session, grown by whole pages, rotated when space is short.

`sNNNNNN.roll` is a session, `sNNNNNN.pulled` an empty file beside it that says a PC has a verified copy; the
file system makes or loses it in one piece, so a power cut cannot leave half a mark. Nothing here raises into the
control loop: `append` says whether the page is on the flash, `fault` why not.
"""

import os

from micropython import const

SESSIONS_PATH = "/sessions"
SUFFIX = ".roll"
PULLED_SUFFIX = ".pulled"
_KEEP_FREE_PERCENT = const(15)
FAULT_NONE = ""
FAULT_FULL = "store_full"
FAULT_IO = "store_io"
_ENOENT = const(2)
_ENOSPC = const(28)
_LAST_NUMBER = const(999999999)
_SPARE_BLOCKS = const(4)  # a copy of the open block, both halves of a directory, and one in hand
_STATVFS_BLOCK = const(1)
_STATVFS_TOTAL = const(2)
_STATVFS_FREE = const(3)


def session_name(number):
    """Return the name of session `number`, as `s000012`."""
    return "s%06d" % number


def session_number(file_name, suffix=SUFFIX):
    """Return the number in a file name of ours, 0 for any other name."""
    if not file_name.startswith("s") or not file_name.endswith(suffix):
        return 0
    digits = file_name[1 : -len(suffix)]
    for c in digits:
        if c not in "0123456789":
            return 0
    if not 6 <= len(digits) <= 9:
        return 0
    number = int(digits)
    return number if session_name(number) + suffix == file_name else 0


class SessionStore:
    """The folder of session files at `root`; `vfs` has the functions of the os module.

    `number` is the open session's (0: none), `offset` the bytes of it that are on the flash, `fault` the code of the
    last failure ("store_full", "store_io") or "", `removed` counts the sessions rotated out.
    """

    def __init__(self, root=SESSIONS_PATH, vfs=os):
        self._root = root
        self._vfs = vfs
        self._file = None
        self._orphans = []
        self._limit = 0  # how long the open file may grow before the reserve is touched
        self.number = 0
        self.offset = 0
        self.fault = FAULT_NONE
        self.removed = 0

    def open(self):
        """Take the next session's number and return it, 0 when that failed (see `fault`).

        Its file is made with its first page: a session begins in contact, when the flash must not be written.
        """
        self.close()
        try:
            self.number = self._next_number()
            self.offset = 0
            self.fault = FAULT_NONE
        except OSError:
            self.fault = FAULT_IO
        return self.number

    def append(self, page, last=False):
        """Append one page and bring it to the flash; return True when it is there.

        Old sessions are removed first while less than 15 % would stay free; when none is left to remove, only the
        last page of the session may use the reserve.
        """
        if self.number == 0 or not self._prepare():
            return False
        if not self._make_room(len(page)) and not last:
            self.fault = FAULT_FULL
            return False
        # A write that failed leaves the file of the last flush. No room: try as long as there is something to remove.
        # Anything else: one more try, and no session is removed for it.
        if self._write(page) or (self.fault == FAULT_IO and self._write(page)):
            return True
        while self.fault == FAULT_FULL and self._remove_one():
            if self._write(page):
                return True
        return False

    def close(self):
        """Close the open file, if there is one. Never raises."""
        self.number = 0
        if self._file is not None:
            try:
                self._file.close()
            except OSError:
                self.fault = FAULT_IO
            self._file = None

    def sessions(self):
        """Return the numbers of the sessions on the flash, oldest first; OSError when the folder cannot be read."""
        return self._numbers()[0]

    def _prepare(self):
        """Ahead of the first page: make the folder, tidy it, measure the space; return False when that failed."""
        if self._file is not None or self.offset:
            return True
        try:
            self._make_root()
            self._drop_orphans()
            self._measure()
        except OSError:
            self.fault = FAULT_IO
            return False
        return True

    # -- names ------------------------------------------------------------------------------------------------

    def _path(self, name):
        return self._root + "/" + name

    def _make_root(self):
        try:
            self._vfs.stat(self._root)
        except OSError:
            self._vfs.mkdir(self._root)

    def _numbers(self):
        """Return the numbers of the sessions and those of the marks, oldest first.

        Both from one listing: for each name littlefs reads the directory's whole log.
        """
        try:
            names = self._vfs.listdir(self._root)
        except OSError as error:
            if error.errno != _ENOENT:
                raise
            names = []  # no session was ever kept
        found = []
        for suffix in (SUFFIX, PULLED_SUFFIX):
            numbers = [session_number(name, suffix) for name in names]
            found.append(sorted([number for number in numbers if number]))
        return found

    def _next_number(self):
        """Return the number after all that are in use; note the marks of sessions that are gone, but the newest.

        The marks count, too: a session that was pulled and removed must not give its name to another.
        """
        sessions, marks = self._numbers()
        used = sessions + marks
        self._orphans = [number for number in marks[:-1] if number not in sessions]
        number = max(used) + 1 if used else 1
        if number > _LAST_NUMBER:
            number = 1
            while number in used:
                number += 1
        return number

    def _drop_orphans(self):
        while self._orphans:
            self._vfs.remove(self._path(session_name(self._orphans.pop()) + PULLED_SUFFIX))

    # -- space ------------------------------------------------------------------------------------------------

    def _measure(self):
        stat = self._vfs.statvfs(self._root)
        block, total = stat[_STATVFS_BLOCK], stat[_STATVFS_TOTAL]
        held = (self.offset + block - 1) // block
        keep = max(_SPARE_BLOCKS, (total * _KEEP_FREE_PERCENT + 99) // 100)
        self._limit = (held + stat[_STATVFS_FREE] - keep) * block

    def _make_room(self, size):
        """Remove sessions until `size` more bytes leave the reserve free; return False when that is not possible."""
        # Measured ahead of the first page and after a removal only: it walks the whole file system.
        while self.offset + size > self._limit:
            if not self._remove_one():
                return False
        return True

    def _remove_one(self):
        """Remove the oldest pulled session, else the oldest; return False when only the open one is left."""
        try:
            sessions, pulled = self._numbers()
            others = [number for number in sessions if number != self.number]
            first = [number for number in others if number in pulled] or others
            if not first:
                self._measure()
                return False
            name = session_name(first[0])
            # The session goes before its mark: cut in between, a mark without a session is left, and cleared at open.
            self._vfs.remove(self._path(name + SUFFIX))
            if first[0] in pulled:
                self._vfs.remove(self._path(name + PULLED_SUFFIX))
            self.removed += 1
            self._measure()
        except OSError:
            self.fault = FAULT_IO
            return False
        return True

    # -- bytes ------------------------------------------------------------------------------------------------

    def _write(self, page):
        try:
            if self._file is None:
                self._file = open(self._path(session_name(self.number) + SUFFIX), "ab")
            self._file.write(page)
            self._file.flush()
        except OSError as error:
            self._abandon()
            self.fault = FAULT_FULL if error.errno == _ENOSPC else FAULT_IO
            return False
        self.offset += len(page)
        self.fault = FAULT_NONE
        return True

    def _abandon(self):
        """Drop a file after a failed write; littlefs then keeps what the last flush left."""
        try:
            if self._file is not None:
                self._file.close()
        except OSError:
            pass  # the failure that led here is the one to report
        self._file = None
