# SPDX-License-Identifier: MIT
"""On the board: make a slot what a parcel says (see `parcel.py` of the tools), and prove what lies in it then."""

import hashlib
import os

import deflate
from sha256 import digest


def copy(source, path, size, block):
    """Write so many bytes of a stream to a file; with a size of -1 all that are left."""
    view = memoryview(block)
    with open(path, "wb") as target:
        while size:
            n = source.readinto(view if size < 0 else view[:size])
            if not n:
                break
            target.write(view[:n])
            size -= n if size > 0 else 0


def make(folder):
    """Make a folder; fine where it is there already."""
    try:
        os.mkdir(folder)
    except OSError:
        os.stat(folder)


def entries(stream):
    """Yield (what, size, path) of each entry; OSError when the parcel ends before its end."""
    while True:
        words = stream.readline().decode().rstrip("\n").split(" ", 2)
        if words[0] == "end":
            return
        if len(words) < 3:
            raise OSError("the parcel is cut off")
        yield words[0], int(words[1]), words[2]


def switch(slot):
    """Let main.py start the app of this slot from now on; before the one rename it is the other."""
    with open("/active.part", "w") as stream:
        stream.write(slot[1:])
    os.rename("/active.part", "/active")


def main(parcel, slot, other, wanted):
    """Unpack the parcel into the folder `slot`, with `other` as the one to copy from, prove it, and switch to it.

    Return whether it was `wanted`: the SHA-256 in hex of "PATH DIGEST\n" of every file, in the order of the parcel.
    """
    block = bytearray(1024)
    total = hashlib.sha256()
    roots = []
    make(slot)
    with open(parcel, "rb") as file:
        stream = deflate.DeflateIO(file, deflate.ZLIB)
        for what, size, path in entries(stream):
            whole = slot + "/" + path
            if what == "folder":
                make(whole)
                continue
            if what == "remove":
                os.remove(whole)
                continue
            if what == "root":
                whole = "/" + path + ".part"
                roots.append(path)
            if what in ("file", "root"):
                copy(stream, whole, size, block)
            elif what == "copy":
                with open(other + "/" + path, "rb") as source:
                    copy(source, whole, -1, block)
            total.update(("%s %s\n" % (path, digest(whole, block))).encode())
            print()  # a board that says nothing for long is taken for gone
    if "".join("%02x" % byte for byte in total.digest()) != wanted:
        return False
    for path in roots:
        os.rename("/" + path + ".part", "/" + path)
    switch(slot)
    os.remove(parcel)
    return True
