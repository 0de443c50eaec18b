# SPDX-License-Identifier: MIT
"""Runs inside the VM: the session store on a real VfsLfs2. Prints one JSON object; the test reads it.

Arguments: the name of the scenario, its numbers. The firmware folder is on MICROPYPATH.
"""

import json
import os
import sys

from ram_flash import RamFlash

from storage import PULLED_SUFFIX, SUFFIX, SessionStore, session_name

ROOT = "/ram/sessions"


def mount(flash, fresh=False):
    if fresh:
        os.VfsLfs2.mkfs(flash)
    os.mount(os.VfsLfs2(flash), "/ram")


def unmount():
    os.umount("/ram")


def page_of(number, sequence, size):
    """Return a page that can be told from every other."""
    return bytes([(number * 7 + sequence * 31 + i) & 255 for i in range(size)])


def read(number):
    try:
        with open(ROOT + "/" + session_name(number) + SUFFIX, "rb") as f:
            return f.read()
    except OSError:
        return None


def fill(store, number_of_pages, size):
    number = store.open()
    acknowledged = 0
    for sequence in range(number_of_pages):
        acknowledged += store.append(page_of(number, sequence, size))
    store.close()
    return number, acknowledged


def rotation(blocks):
    """Fill the flash many times over; pulled sessions must go first, then the oldest, and the reserve must hold."""
    flash = RamFlash(int(blocks))
    mount(flash, fresh=True)
    store = SessionStore(ROOT)
    order = []
    least_free = int(blocks)
    refused = 0
    known = []
    for _ in range(60):
        number, acknowledged = fill(store, 4, 4000)
        refused += 4 - acknowledged
        now = store.sessions()
        order += [gone for gone in known if gone not in now]
        known = now
        if number in (6, 7):
            open(ROOT + "/" + session_name(number) + PULLED_SUFFIX, "wb").close()
        free = os.statvfs("/ram")[3]
        least_free = min(least_free, free)
    result = {"order": order, "least_free": least_free, "refused": refused, "removed": store.removed}
    result["listed"] = sorted(os.listdir(ROOT))
    unmount()
    return result


def too_long(blocks):
    """One session longer than the flash: it must stop within its reserve, say so, and still take its last page."""
    flash = RamFlash(int(blocks))
    mount(flash, fresh=True)
    store = SessionStore(ROOT)
    fill(store, 3, 4000)
    number = store.open()
    written = 0
    while store.append(page_of(number, written, 4000)):
        written += 1
    result = {"fault": store.fault, "written": written, "free": os.statvfs("/ram")[3], "removed": store.removed}
    result["again"] = store.append(page_of(number, written, 4000))
    result["last"] = store.append(page_of(number, written, 400), last=True)
    store.close()
    data = read(number)
    whole = b"".join([page_of(number, i, 4000) for i in range(written)]) + page_of(number, written, 400)
    result["whole"] = data == whole
    unmount()
    return result


def enospc(blocks):
    """Another file takes the room behind the store's back: a real ENOSPC, answered by removing an old session."""
    flash = RamFlash(int(blocks))
    mount(flash, fresh=True)
    store = SessionStore(ROOT)
    for _ in range(4):
        fill(store, 4, 4000)
    number = store.open()
    written = int(store.append(page_of(number, 0, 4000)))
    try:
        with open("/ram/hog", "wb") as hog:
            while True:
                hog.write(b"h" * 512)
                hog.flush()
    except OSError:
        pass
    for sequence in range(1, 4):
        written += store.append(page_of(number, sequence, 4000))
    result = {"written": written, "removed": store.removed, "fault": store.fault, "sessions": store.sessions()}
    store.close()
    result["whole"] = read(number) == b"".join([page_of(number, i, 4000) for i in range(4)])
    unmount()
    return result


class FlakyFlash(RamFlash):
    """Refuses one operation, the `refused`-th program or erase, and is well again."""

    refused = 0

    def _is_refused(self):
        self.refused -= 1
        return self.refused == 0

    def writeblocks(self, block, buffer, offset=None):
        return -5 if self._is_refused() else super().writeblocks(block, buffer, offset)

    def ioctl(self, op, arg):
        return -5 if op == 6 and self._is_refused() else super().ioctl(op, arg)


def refusals(blocks):
    """Refuse each operation of a session with rotation in turn, once; offer each page until it is taken."""
    flash = RamFlash(int(blocks))
    mount(flash, fresh=True)
    store = SessionStore(ROOT)
    while not store.removed:
        fill(store, 3, 4000)
    unmount()
    result = {"refused": 0, "wrong": [], "most_offers": 0}
    finished = False
    while not finished:
        result["refused"] += 1
        flaky = FlakyFlash(int(blocks), bytearray(flash.data))
        flaky.refused = result["refused"]
        mount(flaky)
        store = SessionStore(ROOT)
        number = store.open()
        pages = [page_of(number, sequence, size) for sequence, size in enumerate((4096, 600, 3492, 300))]
        for page in pages:
            offers = 1
            while not store.append(page) and offers < 5:
                offers += 1
            result["most_offers"] = max(result["most_offers"], offers)
        store.close()
        unmount()
        mount(RamFlash(int(blocks), flaky.data))
        if read(number) != b"".join(pages):
            result["wrong"].append(result["refused"])
        unmount()
        finished = flaky.refused > 0
    return result


SCENARIOS = {
    "refusals": refusals,
    "rotation": rotation,
    "too_long": too_long,
    "enospc": enospc,
}
print(json.dumps(SCENARIOS[sys.argv[1]](*sys.argv[2:])))
