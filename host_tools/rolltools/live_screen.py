# SPDX-License-Identifier: MIT
"""The screen of `roller live`: what is known of a roller, drawn into whatever size the terminal has now.

Every colour stands beside a word, and whatever a board wrote passes through `printable`.
"""

from typing import TYPE_CHECKING

from rich.text import Text

from .boards import BOARDS
from .console import printable
from .fault_log import WORDS as FAULT_WORDS
from .live_state import LiveStroke, Seen
from .report.timeline import DIRECTION
from .report.words import newtons

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

# How each band looks and reads; the colours are those of the status light.
BAND_LOOKS = {
    "unknown": ("magenta", "unknown"),
    "apart": ("", "no contact"),
    "too_light": ("bright_blue", "too light"),
    "in_band": ("green", "in the band"),
    "firm": ("yellow", "firm, still fine"),
    "over": ("bold red", "TOO HARD: ease off"),
}
DOUBTS = {
    "": "sure",
    "rival": "another motion fits too",
    "landed": "moved as it touched down",
    "left": "moved as it lifted off",
    "unfelt": "start or stop not felt",
    "short": "very short",
}
_TOP_N = 27.5  # of the bar while the limits are not known
_HEADROOM = 1.1  # above the ceiling
_MARK_SHOWN_S = 3.0
_FAULTS_SHOWN = 4


class LiveScreen:
    """A renderable of `seen`, said at `port`."""

    def __init__(self, seen: Seen, port: str) -> None:
        self._seen = seen
        self._port = port

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        """Yield the lines that fit; the strokes get the room that is left, the keys the last line."""
        width, height = options.size
        lines = [self._title(), Text(), *self._force(width - 1, options.ascii_only), Text(), *self._state(), Text()]
        lines += self._strokes(height - len(lines) - 2)
        lines = lines[: height - 1]
        lines += [Text()] * (height - 1 - len(lines))
        for line in [*lines, self._keys()]:
            line.no_wrap = True
            line.overflow = "crop"
            yield line

    def _title(self) -> Text:
        status = self._seen.status
        who = f"{status.board or 'a board'}, firmware {status.firmware or 'unknown'}, " if status else ""
        return Text.assemble(("roller live  ", "bold"), printable(who + self._port))

    # -- force -------------------------------------------------------------------------------------------------

    def _force(self, width: int, ascii_only: bool) -> list[Text]:
        """Return the force as words, as a bar, and the limits below it."""
        felt, status = self._seen.felt, self._seen.status
        style, words = BAND_LOOKS[felt.band if felt else "unknown"]
        force_n = felt.force_n if felt else None
        if force_n is None:
            said = Text.assemble(_label("force"), ("unknown", BAND_LOOKS["unknown"][0]))
        else:
            about = status is None or status.about
            number = printable(newtons(round(force_n, 1) + 0.0, about))
            said = Text.assemble(_label("force"), (f"{number:<13}", "bold"), (words, style))
        return [said, self._bar(width, ascii_only, force_n, style), *self._limits(width, ascii_only)]

    def _top_n(self) -> float:
        status = self._seen.status
        return status.limits.ceiling_n * _HEADROOM if status and status.limits else _TOP_N

    def _bar(self, width: int, ascii_only: bool, force_n: float | None, style: str) -> Text:
        full, empty = ("#", "-") if ascii_only else ("█", "░")
        if force_n is None:
            return Text("?" * width, BAND_LOOKS["unknown"][0])
        cells = min(width, max(0, round(force_n / self._top_n() * width)))
        return Text.assemble((full * cells, style), (empty * (width - cells), "dim"))

    def _limits(self, width: int, ascii_only: bool) -> list[Text]:
        """Return the marks of the limits below the bar, and their names below those; as a list where it is narrow."""
        status = self._seen.status
        if not status or not status.limits:
            return [Text(), Text("limits unknown")]
        limits = status.limits
        named = (
            (limits.band_low_n, f"ok {limits.band_low_n:g}"),
            (limits.band_firm_n, f"firm {limits.band_firm_n:g}"),
            (limits.over_limit_n, f"over {limits.over_limit_n:g}"),
            (limits.ceiling_n, f"ceiling {limits.ceiling_n:g} N"),
        )
        marks, names = [" "] * width, ""
        for limit_n, name in named:
            cell = min(width - 1, round(limit_n / self._top_n() * width))
            marks[max(0, cell)] = "^" if ascii_only else "▲"
            at = min(cell, width - len(name))
            names = f"{names} {name}" if names and at <= len(names) else names.ljust(at) + name
        if len(names) > width:
            names = ", ".join(name for _, name in named)
        return [Text("".join(marks)), Text(names)]

    # -- the rest ----------------------------------------------------------------------------------------------

    def _state(self) -> list[Text]:
        felt, status = self._seen.felt, self._seen.status
        contact = "unknown" if felt is None else "yes" if felt.contact else "no"
        session = "unknown" if felt is None else "running" if felt.in_session else "none"
        state = (status.state if status else "") or "unknown"
        return [
            Text.assemble(
                _label("contact"), f"{contact:<9}", _label("session"), f"{session:<9}", _label("state"), state
            ),
            Text.assemble(_label("strokes"), self._counted()),
            Text.assemble(_label("battery"), self._battery()),
            *self._faults(),
        ]

    def _battery(self) -> str:
        status = self._seen.status
        if status and status.charge:
            return status.charge.says()
        board = BOARDS.get(status.board) if status else None
        return "unknown" if board is None or board.has_gauge else "this board has no gauge"

    def _counted(self) -> str:
        """Return how many strokes there were; those of a session that was there before are not all known."""
        seen = self._seen
        live = f"{seen.live_strokes} since live began"
        if seen.felt and seen.felt.in_session and seen.whole_session:
            return f"{seen.session_strokes} in this session, {live}"
        return live

    def _faults(self) -> list[Text]:
        status = self._seen.status
        if not status:
            return [Text.assemble(_label("faults"), "unknown")]
        if not status.faults:
            return [Text.assemble(_label("faults"), "none")]
        words = [printable(FAULT_WORDS.get(name, f"{name}: not known to this version")) for name in status.faults]
        if len(words) > _FAULTS_SHOWN:
            words = [*words[: _FAULTS_SHOWN - 1], f"and {len(words) - _FAULTS_SHOWN + 1} more: see `roller doctor`"]
        return [Text.assemble(_label("" if i else "faults"), (word, "red")) for i, word in enumerate(words)]

    def _strokes(self, rows: int) -> list[Text]:
        felt, strokes = self._seen.felt, self._seen.strokes[: max(1, rows)]
        if not felt or not strokes:
            return [Text("no stroke yet", "dim")]
        return [Text("last strokes", "dim"), *(_stroke_line(stroke, felt.t_s) for stroke in strokes)]

    def _keys(self) -> Text:
        seen, keys = self._seen, Text("q quit   m mark", "dim")
        if seen.mark and seen.felt and 0 <= seen.felt.t_s - seen.mark[0] < _MARK_SHOWN_S:
            keys.append("   marked" if seen.mark[1] else "   no mark: no session runs", "not dim")
        return keys


def _label(word: str) -> Text:
    return Text(f"{word:<9} ", "dim")


def _stroke_line(stroke: LiveStroke, now_s: float) -> Text:
    when = _ago(now_s - stroke.t_s)
    doubt = DOUBTS.get(stroke.doubt, stroke.doubt)
    number = f"#{stroke.id}"
    return Text(f"{number:>6}  {DIRECTION[stroke.dir]}  {stroke.length_cm:5.1f} cm  {doubt:<24}  {when}")


def _ago(seconds: float) -> str:
    if seconds < 1:
        return "now"
    return f"{seconds:.0f} s ago" if seconds < 100 else f"{seconds / 60:.0f} min ago"
