# SPDX-License-Identifier: MIT
"""The three files of facts, as written by hand: pins.yaml, parts.yaml and nets.yaml."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from rollhardware.errors import HardwareError
from rollhardware.made import HARDWARE

Gpio = Annotated[int, Meta(ge=0, le=39)]
Electrical = Literal["power_in", "power_out", "input", "output", "bidirectional", "open_collector", "passive"]
_Facts = TypeVar("_Facts")


class Signal(Struct, forbid_unknown_fields=True, frozen=True):
    """What one GPIO does; `pull` is the resistor that its net must have."""

    gpio: Gpio
    direction: Literal["input", "output", "open_drain", "analog"]
    pull: Literal["up", "down"] | None = None
    wake: Literal["ext0_low", "ext1_high"] | None = None
    on_board: bool = False


class Pins(Struct, forbid_unknown_fields=True, frozen=True):
    """The signals of one board by name, the firmware's file with the same ones, and which part each address is of."""

    firmware: str
    chips: dict[str, str]
    signals: dict[str, Signal]


class Kind(Struct, forbid_unknown_fields=True, frozen=True):
    """A kind of part: its pads with their electrical types, and its plugs as lists of pads, pin by pin."""

    name: str
    mark: Literal["V", "M"]
    pads: dict[str, Electrical]
    plugs: dict[str, list[str]] = {}
    esp32: bool = False
    gpio: list[Gpio] = []
    on_board_gpio: list[Gpio] = []
    address: int | None = None
    address_pad: str | None = None
    ends: dict[str, str] = {}
    bus_pull_k: float | None = None
    open: str = ""

    def electrical(self, pad: str) -> Electrical | None:
        """Return the electrical type of a pad, or None where the part has no such pad."""
        if pad.isdigit() and int(pad) in self.gpio:
            return "bidirectional"
        return self.pads.get(pad)

    def all_pads(self) -> list[str]:
        """Return the names of all pads, the GPIOs last."""
        return [*self.pads, *(str(gpio) for gpio in self.gpio)]


class Valued(Struct, forbid_unknown_fields=True, frozen=True):
    """A part with a value, as a resistor."""

    kind: str
    value: str


class Cable(Struct, forbid_unknown_fields=True, frozen=True):
    """Wires that are one piece: from plug to plug, or from pad to pad with their colours (IEC 60757).

    `what` is bought, or the cable is `grown` on a part or another cable, and is no part of its own.
    """

    length_mm: Annotated[int, Meta(gt=0)]
    what: str = ""
    grown: str | None = None
    plugs: tuple[str, str] | None = None
    wires: list[tuple[str, str, str]] = []


class Build(Struct, forbid_unknown_fields=True, frozen=True):
    """The parts of one build by reference, its nets as lists of `reference.pad`, and its cables."""

    parts: dict[str, str | Valued]
    nets: dict[str, list[str]]
    cables: dict[str, Cable]


@dataclass(frozen=True)
class Facts:
    """Everything the three files say, by the names of the boards."""

    pins: dict[str, Pins]
    kinds: dict[str, Kind]
    builds: dict[str, Build]


def read(path: Path, shape: type[_Facts]) -> _Facts:
    """Read a YAML file into `shape`. HardwareError names the file and the place where it has another one."""
    try:
        return msgspec.yaml.decode(path.read_bytes(), type=shape)
    except (msgspec.MsgspecError, OSError) as error:
        raise HardwareError(f"{path.name}: {error}") from None


def facts(folder: Path = HARDWARE) -> Facts:
    """Read the facts of a folder. HardwareError when a file does not hold them or the boards of two files differ."""
    found = Facts(
        read(folder / "pins.yaml", dict[str, Pins]),
        read(folder / "parts.yaml", dict[str, Kind]),
        read(folder / "nets.yaml", dict[str, Build]),
    )
    if set(found.pins) != set(found.builds):
        raise HardwareError(f"pins.yaml has {', '.join(found.pins)}; nets.yaml has {', '.join(found.builds)}")
    return found
