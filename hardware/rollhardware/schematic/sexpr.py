# SPDX-License-Identifier: MIT
"""S-expressions as KiCad writes them: lists that begin with a bare word and hold words, quoted texts and lists."""

import re

from rollhardware.errors import HardwareError

LINE_LENGTH = 100
_TOKEN = re.compile(r'\s*(?:([()])|"((?:[^"\\]|\\.)*)"|([^\s()"]+))', re.DOTALL)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_UNESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


class Word(str):
    """A text that stands without quotes: a name or a number."""

    __slots__ = ()


class Node(list["Word | str | Node"]):
    """A list; its first item is the word that says what it is."""

    def all(self, name: str) -> list["Node"]:
        """Return the lists directly below of this name."""
        return [item for item in self if isinstance(item, Node) and item[:1] == [name]]

    def one(self, name: str) -> "Node":
        """Return the first list directly below of this name. HardwareError without one."""
        found = self.all(name)
        if not found:
            raise HardwareError(f"({self[0]} ...) holds no ({name} ...)")
        return found[0]

    def texts(self) -> list[str]:
        """Return what is not a list, without the name."""
        return [item for item in self[1:] if isinstance(item, str)]


def node(name: str, *items: "Word | str | float | Node") -> Node:
    """Return a list; numbers become words, to a thousandth."""
    numbers = int | float
    return Node([Word(name), *(Word(f"{round(item, 3)}") if isinstance(item, numbers) else item for item in items)])


def write(tree: Node, indent: str = "") -> str:
    """Return the text of a list: on one line when it is short, else one line for each item after the first texts."""
    flat = _flat(tree)
    if len(flat) <= LINE_LENGTH:
        return indent + flat
    heads = next((n for n, item in enumerate(tree) if isinstance(item, Node)), len(tree))
    inner = indent + "  "
    lines = [write(item, inner) if isinstance(item, Node) else inner + _flat(item) for item in tree[heads:]]
    return "\n".join([indent + "(" + " ".join(_flat(item) for item in tree[:heads]), *lines, indent + ")"])


def _flat(item: Word | str | Node) -> str:
    if isinstance(item, Node):
        return "(" + " ".join(_flat(inner) for inner in item) + ")"
    if isinstance(item, Word):
        return str(item)
    return '"' + "".join(_ESCAPES.get(character, character) for character in item) + '"'


def read(text: str) -> Node:
    """Return the list that a text holds. HardwareError where it is none."""
    stack = [Node()]
    at = 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match:
            raise HardwareError(f"no S-expression at character {at}")
        bracket, quoted, word = match.groups()
        if bracket == "(":
            stack.append(Node())
        elif bracket == ")":
            if len(stack) == 1:
                raise HardwareError(f"no S-expression: a bracket too many at character {at}")
            stack[-2].append(stack.pop())
        elif quoted is not None:
            stack[-1].append(re.sub(r"\\(.)", lambda m: _UNESCAPES.get(m[1], m[1]), quoted, flags=re.DOTALL))
        else:
            stack[-1].append(Word(word))
        at = match.end()
    if len(stack) != 1 or len(stack[0]) != 1 or not isinstance(stack[0][0], Node):
        raise HardwareError("no S-expression: the brackets do not close")
    return stack[0][0]
