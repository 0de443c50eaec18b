# SPDX-License-Identifier: MIT
"""The settings of a board: its `/settings.json`, checked by the firmware's own rules before it is written.

The file holds what was set and nothing else, so that what was not follows the firmware and the other limits.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rollcore.fields import SETTING_HELP
from rollcore.settings import SCHEMA, Settings

from .archive import read_object
from .errors import RollerError
from .replay import checked_settings

if TYPE_CHECKING:
    from .link import Link

PATH = "/settings.json"
Data = dict[str, Any]
Row = tuple[str, str, str, str, str]
_RANGES = {row[0]: row for row in SCHEMA}


def read(link: "Link") -> Data:
    """Return what was set on a board; RollerError when its file is damaged or not valid."""
    given = link.run("json_file", path=PATH)
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise RollerError("the board's settings are damaged", "start anew: roller settings reset")
    try:
        checked_settings(given)
    except RollerError as error:
        raise RollerError(f"on the board, {error.cause}", "start anew: roller settings reset") from error
    return given


def write(link: "Link", given: Data) -> None:
    """Put settings on a board: beside the old ones first, renamed when they are proven whole."""
    checked_settings(given)
    link.write_file(PATH, json.dumps(given).encode())


def forget(link: "Link") -> None:
    """Take all settings off a board, readable or not."""
    link.run("json_file", path=PATH, remove=True)


def without(given: Data, names: list[str]) -> Data:
    """Return what was set but for these names; RollerError for a name that is none."""
    check(names)
    return {name: value for name, value in given.items() if name not in names}


def load(path: Path) -> Data:
    """Return the settings in a JSON file of the PC; RollerError when they are not valid."""
    given = read_object(path, "give one JSON object of setting names and values")
    checked_settings(given)
    return given


def changed(given: Data, words: list[str]) -> Data:
    """Return settings with NAME=VALUE words applied; RollerError for a word that is none, or a wrong value."""
    values = dict(given)
    for word in words:
        name, equals, text = word.partition("=")
        if not equals:
            raise RollerError(f"{word!r} sets nothing", "give NAME=VALUE, as over_limit_n=8")
        check([name])
        values[name] = _value(name, text)
    checked_settings(values)
    return values


def check(names: list[str]) -> None:
    """Raise a RollerError for a name that is none, with the nearest that is."""
    for name in names:
        if name not in _RANGES:
            checked_settings({name: 0})


def _value(name: str, text: str) -> Any:
    """Return the text of a choice, or the number; what is neither is left for the rules to refuse."""
    if _RANGES[name][4] is None:
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def in_force(given: Data) -> Data:
    """Return every setting as it is in force; `force_sensor` is the board's own unless it was set."""
    values = checked_settings(given).to_dict()
    return values if "force_sensor" in given else values | {"force_sensor": "the board's own"}


def rows(given: Data, only_set: bool = False) -> list[Row]:
    """Return a row a setting: name, value, unit, range, what it is for; a star behind what was set."""
    values = in_force(given)
    return [
        (name + (" *" if name in given else ""), f"{values[name]}", unit, span(name), SETTING_HELP[name])
        for name, unit, *_ in SCHEMA
        if name in given or not only_set
    ]


def span(name: str) -> str:
    """Return what a setting may be, as text."""
    low, high = _RANGES[name][3:]
    return ", ".join(low) if isinstance(low, tuple) else f"{low:g} to {high:g}"


def page() -> str:
    """Return the page of the docs: every setting with its default, from the firmware's own table."""
    lines = [
        "# Settings",
        "",
        "Made by `make docs` from the table in `firmware/rollcore/settings.py`; a test compares. On a board they lie",
        "in `/settings.json`; `roller settings` shows and changes them. Limits that are not set follow those that are.",
        "",
        "| name | unit | default | range | what it is for |",
        "|---|---|---|---|---|",
    ]
    defaults = Settings().to_dict()
    lines += [
        f"| `{name}` | {unit} | {defaults[name]} | {span(name)} | {SETTING_HELP[name]} |" for name, unit, *_ in SCHEMA
    ]
    return "\n".join(lines) + "\n"
