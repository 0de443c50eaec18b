# SPDX-License-Identifier: MIT
"""The pins that a kept harness drawing shows at the ESP32, held against pins.yaml: what a hand changed is named."""

from pathlib import Path

import yaml

from rollhardware.made import HARDWARE
from rollhardware.wiring.netlist import Netlist


def problems(netlist: Netlist, folder: Path = HARDWARE) -> list[str]:
    """Return one line, with both places, for each signal that the drawing has on another GPIO."""
    path = folder / "wiring" / f"{netlist.board}.yml"
    if not path.exists():
        return []
    drawing = yaml.safe_load(path.read_text(encoding="utf-8"))
    words = [str(pin).split() for pin in drawing["connectors"][netlist.esp32.reference]["pins"]]
    drawn = {pin[-1]: pin[-2] for pin in words if len(pin) > 1}
    where = f"pins.yaml: {netlist.board}: "
    return [
        f"wiring/{path.name}: {name} is on pin {drawn[name]}; {where}{name} is on GPIO {signal.gpio}"
        for name, signal in netlist.pins.signals.items()
        if name in drawn and drawn[name] != str(signal.gpio)
    ]
