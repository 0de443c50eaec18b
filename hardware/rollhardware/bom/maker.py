# SPDX-License-Identifier: MIT
"""Makes docs/bom.md, after the check of the BOMs against the drawings."""

from collections.abc import Callable
from pathlib import Path

from rollhardware.bom.bill import Bill, Row, bill, problems
from rollhardware.errors import HardwareError
from rollhardware.wiring.checks import checked
from rollhardware.wiring.facts import facts

FOLDERS: list[str] = []

_HEAD = """# Parts to buy and to print

Made by `make hardware` from [bom/](../bom). Prices are of one piece in USD without tax and shipping, from memory at the
date beside them; masses are those of the model of the enclosure where it has the part. Nothing was ordered or weighed
yet. **Bold** parts are critical: take an alternate only where one is named.
"""


def make(out: Path, say: Callable[[str], None]):
    """Write docs/bom.md below `out`. HardwareError when a part is in no drawing, or a drawn part is not in its BOM."""
    bills = [bill(netlist) for netlist in checked(facts())]
    found = [text for each in bills for text in problems(each)]
    if found:
        raise HardwareError(*found)
    (out / "docs").mkdir()
    (out / "docs" / "bom.md").write_text(page(bills), encoding="utf-8")
    for each in bills:
        say(f"{each.board}: {len(each.rows)} lines, {_cost_usd(each):.2f} USD, {_mass_g(each):.0f} g")


def page(bills: list[Bill]) -> str:
    """Return the page with the tables of all builds."""
    return "\n".join([_HEAD, *(_section(each) for each in bills)])


def _cost_usd(bill: Bill) -> float:
    return sum(row.unit_price_usd * row.quantity for row in bill.rows)


def _mass_g(bill: Bill) -> float:
    return sum(bill.mass_g(row) for row in bill.rows)


def _section(bill: Bill) -> str:
    return "\n".join(
        [
            f"## {bill.board}",
            "",
            f"{_cost_usd(bill):.2f} USD, {_mass_g(bill):.0f} g in all.",
            "",
            "| ref | n | part | maker, number | from | USD each | g | drawn in | instead | notes |",
            "|---|---|---|---|---|---|---|---|---|---|",
            *(_row(bill, row) for row in bill.rows),
            "",
        ]
    )


def _row(bill: Bill, row: Row) -> str:
    name = f"**{row.name}**" if row.critical else row.name
    drawn = dict.fromkeys(place for ref in row.references for place in bill.drawn[ref])
    cells = [
        row.ref,
        str(row.quantity),
        name,
        f"{row.maker} {row.mpn}",
        row.suppliers,
        f"{row.unit_price_usd:.2f} ({row.price_date})",
        f"{bill.mass_g(row):.1f}",
        ", ".join(drawn),
        row.alternates,
        row.notes,
    ]
    return f"| {' | '.join(cells)} |"
