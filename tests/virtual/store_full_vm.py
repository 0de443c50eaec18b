# SPDX-License-Identifier: MIT
"""Runs inside the VM: a small flash filled many times over, and what an append costs when it is empty and when full.

Argument: how many times its size to write. Prints one JSON object; the firmware folder is on MICROPYPATH.
"""

import json
import os
import sys

from ram_flash import BLOCK, RamFlash

from storage import PULLED_SUFFIX, SessionStore, session_name

BLOCKS = 64
PAGES = (BLOCK, BLOCK - 4, 700, BLOCK - 4 - 700 - 4, 300)  # as the blocks want them, with idle flushes between
PULLED_EVERY = 5
EMPTY_FILLS = 20
COUNTS = ("sessions", "pages", "written", "refused", "out_of_turn", "removed_pulled", "least_free")


class Filling:
    """The sessions on a flash: what `store` removes is compared with what has to go next."""

    def __init__(self, store, flash, costs, turn):
        self._store = store
        self._flash = flash
        self._turn = turn
        self._kept = []
        self._pulled = set()
        self.sessions = self.pages = self.written = self.refused = self.out_of_turn = self.removed_pulled = 0
        self.least_free = BLOCKS
        self.costs = costs  # operations of an append: how many took so many

    def session(self):
        self.sessions += 1
        pages = 1 + (self.sessions + self._turn) * 7 % 13
        number = self._store.open()
        self._kept.append(number)
        for index in range(pages):
            size = PAGES[index % len(PAGES)]
            removed = self._store.removed
            before = self._flash.operations
            done = self._store.append(bytes([number & 255]) * size, index == pages - 1)
            cost = self._flash.operations - before
            self.costs[cost] = self.costs.get(cost, 0) + 1
            self.refused += not done
            self.written += size
            self.pages += 1
            if self._store.removed != removed:
                self._follow()
        self._store.close()
        self.least_free = min(self.least_free, os.statvfs("/ram")[3])
        if number % PULLED_EVERY == 0:
            open("/ram/sessions/" + session_name(number) + PULLED_SUFFIX, "wb").close()
            self._pulled.add(number)

    def _follow(self):
        left = self._store.sessions()
        for _ in range(len(self._kept) - len(left)):
            due = min([n for n in self._kept if n in self._pulled] or self._kept)
            self.out_of_turn += due in left
            self.removed_pulled += due in self._pulled
            self._kept.remove(due)
            self._pulled.discard(due)


def quantile(costs, share):
    left = share * sum(costs.values())
    for cost in sorted(costs):
        left -= costs[cost]
        if left <= 0:
            break
    return cost


def fill(costs, turn):
    """Fill a new flash until it is full for the first time; return its store and what is on it."""
    flash = RamFlash(BLOCKS)
    os.VfsLfs2.mkfs(flash)
    os.mount(os.VfsLfs2(flash), "/ram")
    store = SessionStore("/ram/sessions")
    filling = Filling(store, flash, costs, turn)
    while not store.removed:
        filling.session()
    return store, filling


def main(times):
    empty, full = {}, {}
    for turn in range(1, EMPTY_FILLS):
        fill(empty, turn)
        os.umount("/ram")
    store, filling = fill(empty, 0)
    filling.costs = full
    while filling.written < int(times) * BLOCKS * BLOCK:
        filling.session()
    result = {name: getattr(filling, name) for name in COUNTS}
    result["removed"] = store.removed
    for name, costs in (("empty", empty), ("full", full)):
        result[name] = {"median": quantile(costs, 0.5), "p99": quantile(costs, 0.99), "most": max(costs)}
    print(json.dumps(result))


main(sys.argv[1])
