# SPDX-License-Identifier: MIT
"""The bills of materials: hardware/bom/*.csv, written by hand, and held against what is drawn."""

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from rollhardware.errors import HardwareError
from rollhardware.made import HARDWARE
from rollhardware.wiring.netlist import Netlist

_Line = TypeVar("_Line")
_Text = Annotated[str, Meta(min_length=1)]


class Row(Struct, forbid_unknown_fields=True, frozen=True):
    """One line of a BOM: what is bought for the references of `ref`, which are separated by blanks.

    `mass_g` is of one piece, and empty for what the model of the enclosure has: it is said there once. A price is of
    one piece, in USD without tax and shipping, from memory at `price_date`.
    """

    ref: _Text
    quantity: Annotated[int, Meta(gt=0)]
    name: _Text
    maker: _Text
    mpn: _Text
    suppliers: _Text
    unit_price_usd: Annotated[float, Meta(ge=0)]
    price_date: Annotated[str, Meta(pattern=r"^20\d\d-\d\d$")]
    mass_g: Annotated[float, Meta(ge=0)] | None
    alternates: str
    critical: Literal["yes", ""]
    notes: str

    @property
    def references(self) -> list[str]:
        """The references one by one."""
        return self.ref.split()


class Modelled(Struct, frozen=True):
    """One line of enclosure/parts.csv: what the model of the roller has of a reference."""

    ref: str
    kind: str
    quantity: int
    mass_g: float


@dataclass(frozen=True)
class Bill:
    """A BOM with where each of its references is drawn, and the parts of the model by reference."""

    board: str
    rows: list[Row]
    drawn: dict[str, list[str]]
    modelled: dict[str, Modelled]

    def mass_g(self, row: Row) -> float:
        """Return the mass of all pieces of a row; of what the model has, by the model."""
        if row.mass_g is not None:
            return row.mass_g * row.quantity
        return sum(part.mass_g * part.quantity for ref in row.references if (part := self.modelled.get(ref)))


def read_table(path: Path, shape: type[_Line]) -> list[_Line]:
    """Return the lines of a CSV file as a list of `shape`. HardwareError names the file and the line."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            lines = list(csv.DictReader(file))
    except OSError as error:
        raise HardwareError(f"{path.parent.name}/{path.name}: {error.strerror}") from None
    return [
        _line(f"{path.parent.name}/{path.name}: line {number}", line, shape) for number, line in enumerate(lines, 2)
    ]


def _line(where: str, line: dict[str, str], shape: type[_Line]) -> _Line:
    given = {key: value or (None if key == "mass_g" else "") for key, value in line.items()}
    try:
        return msgspec.convert(given, shape, strict=False)
    except (msgspec.ValidationError, TypeError) as error:
        raise HardwareError(f"{where}: {error}") from None


def bill(netlist: Netlist, folder: Path = HARDWARE) -> Bill:
    """Return the BOM of a build with what is drawn of it. The bench build has no enclosure."""
    parts = folder / "enclosure" / "parts.csv"
    modelled = {part.ref: part for part in read_table(parts, Modelled)} if netlist.board == "thing_plus" else {}
    drawn: dict[str, list[str]] = {ref: ["harness", "schematic"] for ref in netlist.parts}
    drawn |= {name: ["harness"] for name, cable in netlist.cables.items() if cable.what}
    for ref in modelled:
        drawn.setdefault(ref, []).append("assembly")
    return Bill(netlist.board, read_table(folder / "bom" / f"{netlist.board}.csv", Row), drawn, modelled)


def problems(bill: Bill) -> list[str]:
    """Return what BOM and drawings say against each other, one line each."""
    where = f"bom/{bill.board}.csv: "
    times = Counter(ref for row in bill.rows for ref in row.references)
    found = [f"{ref} is there {count} times" for ref, count in times.items() if count > 1]
    found += [
        f"{ref} is in no drawing: not in nets.yaml, not in enclosure/parts.csv"
        for ref in times
        if ref not in bill.drawn
    ]
    found += [f"{ref} is not there, but in {' and '.join(on)}" for ref, on in bill.drawn.items() if ref not in times]
    for row in bill.rows:
        here = [bill.modelled[ref] for ref in row.references if ref in bill.modelled]
        if here and sum(part.quantity for part in here) != row.quantity:
            count = sum(part.quantity for part in here)
            found.append(f"{row.ref}: quantity {row.quantity}; enclosure/parts.csv has {count}")
        if (row.mass_g is None) != bool(here):
            found.append(f"{row.ref}: a mass belongs here where enclosure/parts.csv has none, and only there")
    return [where + text for text in found]
