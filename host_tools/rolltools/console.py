# SPDX-License-Identifier: MIT
"""How every command speaks: answers on stdout, progress and notes on stderr, failures as one cause and one cure.

rich is imported inside the functions, so that `roller --help` does not pay for it.
"""

import errno
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import RollerError

if TYPE_CHECKING:
    from rich.console import Console

EXIT_OK, EXIT_FAILED, EXIT_INTERRUPTED = 0, 1, 130

# A pipe has no width: a table must not be folded for a screen that is not there.
_PIPE_WIDTH = 400


def printable(text: object) -> str:
    """Return `text` with every control character spelled out: what a board wrote must not steer a terminal."""
    plain = str(text).replace("\u00a0", " ")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in plain)


def say(text: str = "") -> None:
    """Print one line of the answer for people on stdout."""
    print(text)


def note(text: str) -> None:
    """Print one line about what is going on, on stderr, where it cannot get into an answer."""
    print(text, file=sys.stderr, flush=True)


def print_json(answer: Any) -> None:
    """Print `answer` as JSON on stdout; NaN is a ValueError, because it is not JSON."""
    print(json.dumps(answer, indent=2, allow_nan=False))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None) -> None:
    """Print a table on stdout. A column whose name starts with `>` is aligned to the right; cells are plain text."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        right = column.startswith(">")
        made.add_column(Text(column.lstrip(">")), justify="right" if right else "left", no_wrap=right)
    for row in rows:
        made.add_row(*(Text(printable(cell)) for cell in row))
    console = _stdout_console()
    if title:
        console.print(Text(printable(title), "bold"))
    console.print(made)


@contextmanager
def progress(what: str, total: float | None = None) -> Iterator[Callable[[float], None]]:
    """Show a bar on stderr while the block runs, if stderr is a terminal; yields `advance(amount)`.

    Without a `total` the bar shows that something is going on. Without a terminal nothing is printed.
    """
    if not sys.stderr.isatty():
        yield lambda _amount: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeElapsedColumn

    columns: list[ProgressColumn] = [TextColumn("{task.description}"), BarColumn()]
    if total is not None:
        columns.append(TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(escape(printable(what)), total=total)
        yield lambda amount: bar.advance(task, amount)


def run(app: Callable[[], Any]) -> int:
    """Run the command line `app` and return its exit code; whatever it raises becomes lines on stderr, no traceback.

    0 done, 1 failed, 2 wrong usage, 75 not now (try again in a moment), 130 interrupted. RollerError and the errors of
    the file system are the user's to cure; anything else is a bug of this program and says so. `ROLLER_DEBUG=1` shows
    the traceback.
    """
    try:
        return _exit_code(app)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        _discard_stdout()
        return EXIT_FAILED
    except Exception as error:
        return _failed(error)


def _exit_code(app: Callable[[], Any]) -> int:
    try:
        app()
        code: Any = EXIT_OK
    except SystemExit as done:
        code = done.code
    # A reader that went away shows here, not while the interpreter shuts down.
    sys.stdout.flush()
    if code is None:
        return EXIT_OK
    return code if isinstance(code, int) else EXIT_FAILED


def _failed(error: Exception) -> int:
    if os.environ.get("ROLLER_DEBUG"):
        traceback.print_exception(error)
    cause, cure = _explain(error)
    print(f"error: {printable(cause)}", file=sys.stderr)
    print(f"cure:  {printable(cure)}", file=sys.stderr)
    return error.exit_code if isinstance(error, RollerError) else EXIT_FAILED


def _explain(error: Exception) -> tuple[str, str]:
    if isinstance(error, RollerError):
        return error.cause, error.cure
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}", _OS_CURES.get(error.errno or 0, "check the path and try again")
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "the disk is full", _OS_CURES[errno.ENOSPC]
    place = "unknown place"
    frames = traceback.extract_tb(error.__traceback__)
    if frames:
        place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"
    cause = f"a bug in roller: {type(error).__name__} at {place}: {error}"
    return cause, "please report it with the command you ran and the output of ROLLER_DEBUG=1"


_OS_CURES = {
    errno.ENOENT: "check the spelling of the path",
    errno.EACCES: "check that you may read and write there",
    errno.EPERM: "check that you may read and write there",
    errno.EISDIR: "name a file, not a folder",
    errno.ENOTDIR: "name a folder, not a file",
    errno.ENOSPC: "free some space and run the command again",
    errno.EROFS: "choose a place that can be written",
}


def _stdout_console() -> "Console":
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else _PIPE_WIDTH)


def _discard_stdout() -> None:
    """Point stdout at nothing, so that the interpreter's last flush has nothing to complain about."""
    with open(os.devnull, "w") as nothing:  # noqa: PTH123
        os.dup2(nothing.fileno(), sys.stdout.fileno())
