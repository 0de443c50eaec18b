# SPDX-License-Identifier: MIT
"""Whether the nets work as the drivers expect: supplies, levels at rest, the I2C bus, and where signals end."""

from collections import Counter

from rollhardware.wiring.netlist import Netlist, Pad, Part

GROUND = "GND"
BUS = ("SDA", "SCL")
# NXP UM10204, section 7.1: at most 3 mA to sink, and 300 ns to rise from 30 to 70 % at 400 kHz.
BUS_MIN_OHM = 3.3 / 3e-3
BUS_RISE_S = 300e-9 / 0.8473
CHIP_F, CABLE_F_MM = 10e-12, 0.1e-12  # the most that a pin may have by the same paper; ribbon cable, from memory
PULL_MIN_OHM, PULL_MAX_OHM = 10_000, 200_000
_UNITS = {"k": 1e3, "M": 1e6}


def ohm(value: str) -> float:
    """Return the resistance that a value as "4.7k" or "470" gives."""
    factor = _UNITS.get(value[-1:], 1)
    return float(value.rstrip("kM")) * factor


def bus_pull_ohm(netlist: Netlist, net: str) -> float:
    """Return what all pull-ups of an I2C line give together; infinite without one."""
    pulls = [1 / (part.kind.bus_pull_k * 1e3) for part in _on_net(netlist, net) if part.kind.bus_pull_k]
    return 1 / sum(pulls) if pulls else float("inf")


def bus_f(netlist: Netlist, net: str) -> float:
    """Return the capacitance of an I2C line, estimated from its chips and its cables, in farad."""
    chips = len(_on_net(netlist, net)) + (netlist.esp32.kind.address is not None)
    lengths = [cable.length_mm for name, cable in netlist.cables.items() if _carries(netlist, name, net)]
    return chips * CHIP_F + sum(lengths) * CABLE_F_MM


def _carries(netlist: Netlist, cable_name: str, net: str) -> bool:
    return any(netlist.net_of.get(a) == net for a, _, _ in netlist.joints(cable_name))


def problems(netlist: Netlist) -> list[str]:
    """Return what would not work, one line each."""
    where = f"nets.yaml: {netlist.board}: "
    return [where + text for text in [*_supplies(netlist), *_outputs(netlist), *_levels(netlist), *_chips(netlist)]]


def _on_net(netlist: Netlist, net: str) -> list[Part]:
    return [netlist.parts[name] for name in dict.fromkeys(pad.reference for pad in netlist.nets.get(net, []))]


def _electrical(netlist: Netlist, pad: Pad) -> str | None:
    return netlist.parts[pad.reference].kind.electrical(pad.name)


def supplies(netlist: Netlist) -> set[str]:
    """Return the nets that something feeds."""
    return {net for pad, net in netlist.net_of.items() if _electrical(netlist, pad) == "power_out"}


def _supplies(netlist: Netlist) -> list[str]:
    found = []
    for part in netlist.parts.values():
        for pad, electrical in part.kind.pads.items():
            net = netlist.net_of.get(Pad(part.reference, pad))
            if electrical != "power_in":
                continue
            if pad == GROUND and net != GROUND:
                found.append(f"{part.reference}.{pad} is on {net}, not on {GROUND}")
            elif pad != GROUND and net not in supplies(netlist):
                found.append(f"{part.reference}.{pad} is on {net}, which nothing feeds")
    return found


def _outputs(netlist: Netlist) -> list[str]:
    found = []
    for net, pads in netlist.nets.items():
        for electrical in ("power_out", "output"):
            several = [str(pad) for pad in pads if _electrical(netlist, pad) == electrical]
            if len(several) > 1:
                found.append(f"net {net} shorts the outputs {' and '.join(several)}")
    return found


def _levels(netlist: Netlist) -> list[str]:
    """Resistors that hold a level at rest are there, of the right size, and alone."""
    found = []
    for name, signal in netlist.pins.signals.items():
        net = netlist.signal_net(name)
        if net is None:
            continue
        if name in BUS:
            pull_ohm, max_ohm = bus_pull_ohm(netlist, net), BUS_RISE_S / bus_f(netlist, net)
            if not BUS_MIN_OHM <= pull_ohm <= max_ohm:
                found.append(
                    f"{name}: pulled up by {pull_ohm:.0f} ohm; 400 kHz wants {BUS_MIN_OHM:.0f} to {max_ohm:.0f}"
                )
            continue
        ups = [part for supply in supplies(netlist) for part in netlist.resistors(net, supply)]
        downs = netlist.resistors(net, GROUND)
        right, wrong = {"up": (ups, downs), "down": (downs, ups), None: ([], ups)}[signal.pull]
        if signal.pull and not any(PULL_MIN_OHM <= ohm(part.value) <= PULL_MAX_OHM for part in right):
            found.append(f"{name}: no resistor of 10k to 200k pulls it {signal.pull}; pins.yaml asks for one")
        found += [f"{name}: {part.reference} pulls it the other way than pins.yaml says" for part in wrong]
    return found


def _chips(netlist: Netlist) -> list[str]:
    """Chips answer where the firmware asks, alone at their address, and signals end on the pads of their part."""
    found = []
    for part in netlist.parts.values():
        kind = part.kind
        if kind.address_pad and Pad(part.reference, kind.address_pad) in netlist.net_of:
            found.append(f"{part.reference}.{kind.address_pad} must stay open, for address 0x{kind.address:02X}")
        for signal, pad in kind.ends.items():
            net = netlist.net_of.get(Pad(part.reference, pad))
            if signal in netlist.pins.signals and (net is None or net != netlist.signal_net(signal)):
                found.append(f"{part.reference}.{pad} is on {net}; the firmware expects {signal} there")
    addresses = Counter(part.kind.address for part in netlist.parts.values() if part.kind.address is not None)
    found += [f"{count} chips answer at 0x{address:02X}" for address, count in addresses.items() if count > 1]
    return found
