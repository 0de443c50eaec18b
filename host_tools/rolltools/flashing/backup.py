# SPDX-License-Identifier: MIT
"""What a board holds, brought to a folder before its flash is erased, and what of it goes back afterwards.

The note `backup.json` is written last: a folder without it is a backup that was cut off, and nothing was erased after
it. It says for which board it is and whether the files are back, so that a later run can finish what an earlier began.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from .. import deploying, pulling
from ..archive import SUFFIX, read_object, write_whole
from ..diagnosis import NO_FILE_SYSTEM
from ..errors import RollerError
from ..fetching import Fetch, fetch
from ..link import Link, nonsense
from ..session_source import StoppedBoard

NOTE = "backup.json"
PUT_BACK = ("settings.json", "calibration.json", "motor.json", "routine.json")
_KEPT = (*PUT_BACK, "clock.json", *(name.replace(".json", ".bad.json") for name in PUT_BACK))
_LARGEST_BYTES = 64 * 1024
_FOLDER = "roller-backup-"


@dataclass(frozen=True)
class Backup:
    """One backup: `board` is the board's own id in hex, `kind` what the firmware calls it."""

    folder: Path
    board: str
    kind: str
    files: tuple[str, ...]
    sessions: int
    is_back: bool = False


def new_folder(now: datetime) -> Path:
    """Return the folder for a backup where the user names none."""
    return Path(f"{_FOLDER}{now:%Y%m%d-%H%M%S}")


def make(link: Link, folder: Path, say: Callable[[int, int], None] | None = None) -> Backup | None:
    """Bring files and sessions of a board to `folder`; None where it holds none. `say` hears (bytes done, in all).

    RollerError when anything cannot be brought whole, or the folder is the backup of something else.
    """
    told = link.run("root_files", names=list(_KEPT))
    try:
        board, sizes = str(told["id"]), told["sizes"]
        if sizes is None:
            raise RollerError(f"the board has no file system: {NO_FILE_SYSTEM}", "run `roller doctor` to see its state")
        sane = all(name in _KEPT and type(size) is int and 0 <= size <= _LARGEST_BYTES for name, size in sizes.items())
    except (KeyError, TypeError, AttributeError) as error:
        raise nonsense() from error
    if not sane:
        raise nonsense()
    source = StoppedBoard(link)
    sessions = source.sessions()
    if not sizes and not sessions:
        return None
    older = _unfinished(folder, board)
    kind = deploying.choose_board(link, None)
    done, total = 0, sum(sizes.values()) + sum(entry.size for entry in sessions)

    def more(size: int) -> None:
        nonlocal done
        done += size
        if say:
            say(done, total)

    fetch(source, [Fetch("/" + name, size, folder / name) for name, size in sizes.items()], more, lambda _file: None)
    pulling.pull(source, sessions, folder, more, source.contacts())
    files = tuple(sorted({*sizes, *(older.files if older else ())}))
    made = Backup(folder, board, kind, files, len(list(folder.glob(f"*{SUFFIX}"))))
    _note(made)
    return made


def waiting(folder: Path, board: str) -> list[Backup]:
    """Return the backups of a board, in `folder` and beside it, whose files are not back yet, the oldest first."""
    notes = sorted(folder.parent.glob(f"{_FOLDER}*/{NOTE}"))
    folders = {note.parent.resolve(): note.parent for note in [*notes, folder / NOTE] if note.is_file()}
    found = [_read(each) for each in folders.values()]
    return [each for each in found if each.board == board and not each.is_back]


def put_back(link: Link, backups: list[Backup]) -> list[str]:
    """Put the files of some backups on their board, those of a later one last; return their names."""
    newest = {name: each.folder / name for each in backups for name in PUT_BACK if name in each.files}
    for name, path in newest.items():
        link.write_file("/" + name, path.read_bytes())
    for each in backups:
        _note(replace(each, is_back=True))
    return list(newest)


def _unfinished(folder: Path, board: str) -> Backup | None:
    """Return the backup that an earlier run left in `folder`; RollerError when it is not this board's to go on with."""
    if not (folder / NOTE).is_file():
        return None
    older = _read(folder)
    if older.board != board or older.is_back:
        raise RollerError(f"{folder} holds another backup", "name a new folder with --backup")
    return older


def _note(backup: Backup) -> None:
    told = asdict(backup)
    del told["folder"]
    write_whole(backup.folder / NOTE, (json.dumps(told, indent=2) + "\n").encode())


def _read(folder: Path) -> Backup:
    cure = "move the folder away, and put its files back by hand"
    told = read_object(folder / NOTE, cure)
    try:
        files = tuple(str(name) for name in told.pop("files"))
        return Backup(folder, files=files, **told)
    except (KeyError, TypeError) as error:
        raise RollerError(f"{folder / NOTE} is no note of a backup", cure) from error
