# SPDX-License-Identifier: MIT
"""The readings of the bring-up, taken from a board and put beside what is expected: nothing it says is believed."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rollcore.calibration import NOMINAL_COUNTS_PER_N

from .console import printable
from .errors import RollerError
from .expectations import EXPECTED, HEX, WHOLE, Board, Expectation

if TYPE_CHECKING:
    from .link import Link

OK, OUTSIDE, NOT_READ = "ok", "outside", "not read"
_MOST = 1e9  # no reading is larger
_LONGEST = 100  # characters of a text from a board
_MOST_ADDRESSES = 112
_ENODEV = 19
_NOBODY = "the chip does not answer"


@dataclass(frozen=True)
class Reading:
    """One line of the bring-up: `value` is None where it was not read, and `why` says why."""

    key: str
    name: str
    value: float | list[int] | None
    shown: str
    unit: str
    expected: str
    state: str
    why: str
    source: str
    mark: str
    step: str


@dataclass(frozen=True)
class Readings:
    """All lines of one board, and which board it was; they are kept under these names."""

    board: str
    device: str
    firmware: str
    taken_utc: str
    readings: list[Reading]

    def failed(self) -> list[Reading]:
        """Return the lines that are outside or were not read."""
        return [reading for reading in self.readings if reading.state != OK]

    def as_json(self) -> dict[str, Any]:
        """Return all as JSON takes it."""
        return asdict(self)


def take(link: "Link") -> Readings:
    """Read a board for some seconds. RollerError where its firmware gives no readings, or its answer makes no sense."""
    return judged(link.run("readings"), datetime.now(UTC))


def judged(answer: Any, taken: datetime) -> Readings:
    """Return the lines for a board's answer of any shape; RollerError when it makes no sense."""
    if not isinstance(answer, dict):
        raise _nonsense()
    if "problem" in answer:
        raise RollerError(
            f"the firmware on the board gives no readings: {_text(answer['problem'])}", "run `roller deploy`"
        )
    name = answer.get("board")
    if not isinstance(name, str) or name not in EXPECTED:
        raise _nonsense()
    board = EXPECTED[name]
    values = _numbers(answer.get("values"))
    problems = _problems(answer.get("problems"))
    if "force_noise_counts" in values:
        values["force_noise_mn"] = values["force_noise_counts"] / NOMINAL_COUNTS_PER_N * 1000
    return Readings(
        name,
        _text(answer.get("device")),
        _text(answer.get("firmware")),
        taken.isoformat(timespec="seconds"),
        [_addresses(answer.get("addresses"), board), *(_line(line, values, problems) for line in board.lines)],
    )


def _line(line: Expectation, values: dict[str, float], problems: dict[str, str]) -> Reading:
    value = values.get(line.key)
    if value is None:
        why = problems.get(line.part, "the board did not say")
        return _reading(line, None, "–", NOT_READ, why)
    if line.form in (WHOLE, HEX) and not isinstance(value, int):
        raise _nonsense()
    state = OK if line.low <= value <= line.high else OUTSIDE
    return _reading(line, value, line.written(value), state, "")


def _reading(line: Expectation, value: float | None, shown: str, state: str, why: str) -> Reading:
    return Reading(
        line.key, line.name, value, shown, line.unit, line.wanted(), state, why, line.source, line.mark, line.step
    )


def _addresses(found: Any, board: Board) -> Reading:
    """Return the line for the scan: all that are expected, and no other."""
    if not isinstance(found, list) or len(found) > _MOST_ADDRESSES:
        raise _nonsense()
    if not all(_is_number(address) and isinstance(address, int) for address in found):
        raise _nonsense()
    state = OK if sorted(found) == sorted(board.addresses) else OUTSIDE
    shown = board.scan(found) or "none"
    return Reading(
        "addresses",
        "I2C addresses",
        found,
        shown,
        "",
        board.scan(),
        state,
        "",
        board.source,
        board.mark,
        board.step,
    )


def _numbers(values: Any) -> dict[str, float]:
    """Return the board's numbers by name; anything else is no answer of ours."""
    if not isinstance(values, dict) or not all(_is_number(value) for value in values.values()):
        raise _nonsense()
    return dict(values)


def _is_number(value: Any) -> bool:
    """Tell whether this is a number of a size that a reading has; NaN is none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -_MOST <= value <= _MOST


def _problems(problems: Any) -> dict[str, str]:
    """Return why parts failed: the number of an error of the bus, or a driver's words."""
    if not isinstance(problems, dict):
        raise _nonsense()
    return {part: _why(problem) for part, problem in problems.items()}


def _why(problem: Any) -> str:
    if problem == _ENODEV:
        return _NOBODY
    return f"the bus fails with error {problem}" if _is_number(problem) else _text(problem)


def _text(text: Any) -> str:
    """Return a text from a board at a length for one line, without control characters."""
    if not isinstance(text, str):
        raise _nonsense()
    return printable(text[:_LONGEST])


def _nonsense() -> RollerError:
    return RollerError("the board's answer makes no sense", "run `roller deploy`, then try again")
