# SPDX-License-Identifier: MIT
"""`roller live` at apps that are silent, gone, none or hostile; its lines of JSON; the terminal it leaves behind."""

import contextlib
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
from itertools import count

import pytest
from fakes.pty_port import port
from live_said import STATUS, ScriptedApp, line, row

from rolltools.errors import RollerError
from rolltools.link import AppLink, NoAppError
from rolltools.live_state import Felt, Status
from rolltools.living import live_values

ROLLER = [sys.executable, "-m", "rolltools", "live"]
STROKE = (7, 1, 83400, "left")
ROWS = [row(1000 + 50 * i, stroke=STROKE if i else (0, 0, 0, "")) for i in range(400)]
NOT_JSON = [b"", b"\xff\x00\x1b[2J\r\n", b'@{"live": [1, 2\r\n', b'@{"live": ' + b"[" * 3000, b"@{" + b"9" * 100000]
GARBAGE = b"\r\n".join(
    [
        *NOT_JSON,
        b'@{"live": [NaN, Infinity, 1e999, -1, {}, [], "\\u001b[2J", null, true]}',
        b'@{"live": [' + b"9" * 4000 + b"]}",
        b'@{"status": {"board": "\\u001b[2J\\u0007", "faults": ["\\u001b[31m"], "limits_mn": [NaN, 1, 2, 3]}}',
        b"",
    ]
)


def hear(answer, enough, look_s=0.3):
    """Return what is heard from a scripted board until `enough(said)`.

    The clock goes on by `look_s` whenever it is looked at: nobody has to wait for a silence.
    """
    said, ticks = [], count()
    with port(answer) as name, AppLink(name) as link, live_values(link, lambda: look_s * next(ticks)) as values:
        for one in values:
            said += [one] if one else []
            if enough(said):
                break
    return said


def rows_of(said):
    return [one for one in said if isinstance(one, Felt)]


# -- the conversation --------------------------------------------------------------------------------------------------


def test_live_values_are_wanted_and_in_the_end_not_wanted_any_more():
    app = ScriptedApp(ROWS)
    said = hear(app, lambda said: len(said) >= 6)
    assert [felt.t_s for felt in rows_of(said)] == [1.0, 1.05, 1.1, 1.15, 1.2]
    assert any(isinstance(one, Status) for one in said)
    assert app.heard.startswith(b"\n@live on\n\n@status\n") and app.heard.endswith(b"\n@live off\n")
    assert b"\x03" not in app.heard


def test_a_board_that_started_again_is_asked_again():
    said = hear(ScriptedApp(ROWS, at_once=1), lambda said: len(rows_of(said)) >= 4)
    assert len(rows_of(said)) == 4


def test_a_board_is_asked_how_it_is_again_and_again():
    said = hear(ScriptedApp(ROWS, at_once=1), lambda said: len(said) - len(rows_of(said)) >= 4)
    assert len(rows_of(said)) < 20


def test_a_board_is_asked_soon_when_a_session_begins_for_its_limits_may_be_others():
    for session, asked in ((0, 1), (1, 2)):
        app = ScriptedApp([row(0, session=0), *(row(50 * i, session=session) for i in range(1, 20))], at_once=20)
        hear(app, lambda said: len(rows_of(said)) >= 20, 0.06)
        assert app.heard.count(b"@status\n") == asked


@pytest.mark.parametrize(
    ("answer", "error", "cause", "cure"),
    [
        (lambda _data: b"", RollerError, "has said nothing for 2 s", "check the cable"),
        (lambda data: data + b"SyntaxError: invalid syntax\r\n>>> ", NoAppError, "no app answers on", "roller deploy"),
        (lambda _data: line({"live": True}), RollerError, "no live values that make sense", "roller deploy"),
        (lambda _data: GARBAGE, RollerError, "no live values that make sense", "roller deploy"),
        (lambda data: data and b"\xff" * 3000, NoAppError, "no app answers on", "roller deploy"),
    ],
)
def test_a_board_that_sends_no_live_values_is_named_as_what_it_is(answer, error, cause, cure):
    with pytest.raises(RollerError) as failed:
        hear(answer, lambda _said: False)
    assert type(failed.value) is error
    assert cause in failed.value.cause and cure in failed.value.cure
    assert failed.value.cause.isprintable()


def test_garbage_between_the_rows_is_not_believed():
    app = ScriptedApp(ROWS)
    said = hear(lambda data: GARBAGE + app(data) + GARBAGE if data else b"", lambda said: len(rows_of(said)) >= 5)
    assert [felt.t_s for felt in rows_of(said)] == [1.0, 1.05, 1.1, 1.15, 1.2]
    assert all(one.limits is None or one.limits.ceiling_n == 25 for one in said if isinstance(one, Status))


# -- as a process: lines of JSON ---------------------------------------------------------------------------------------


@contextlib.contextmanager
def started(*words):
    buffered = os.environ | {"PYTHONUNBUFFERED": ""}
    process = subprocess.Popen([*ROLLER, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=buffered)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_json_is_one_object_a_line_with_names_and_units():
    app = ScriptedApp(ROWS[:5], STATUS | {"faults": ["gauge"]})  # and then nothing more that would fill a buffer
    with port(app) as name, started("--json", "--port", name) as process:
        lines = [json.loads(process.stdout.readline()) for _ in range(6)]
        process.send_signal(signal.SIGINT)
        assert (process.wait(20), process.stderr.read()) == (0, b"")
    felt = [told for told in lines if "t_s" in told]
    (status,) = [told["status"] for told in lines if "status" in told]
    assert felt[1] == {
        "t_s": 1.05,
        "force_n": 4.2,
        "band": "in_band",
        "contact": True,
        "session": True,
        "stroke": {"id": 7, "dir": 1, "length_cm": 8.3, "doubt": ["left"], "t_s": 1.05},
        "strokes": {"live": 1, "session": 1},
    }
    assert (felt[0]["stroke"], felt[0]["strokes"]) == (None, {"live": 0, "session": 0})
    assert status == {
        "t_s": 4.0,
        "board": "thing_plus",
        "device": "246f28524c01",
        "firmware": "0.1.0",
        "state": "session",
        "about": False,
        "limits": {"band_low_n": 1.0, "band_firm_n": 7.0, "over_limit_n": 10.0, "ceiling_n": 25.0},
        "battery": {"v": 3.9, "percent": 78.0, "percent_h": -6.0, "left_h": pytest.approx(13.0)},
        "faults": ["gauge"],
    }


def test_a_reader_that_goes_away_ends_it_without_a_word():
    app = ScriptedApp(ROWS)
    with port(app) as name, started("--json", "--port", name) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(20) == 1
        assert process.stderr.read() == b""
    assert app.heard.endswith(b"@live off\n")


def test_the_screen_needs_a_terminal():
    with started("--port", "/dev/null") as process:
        said = process.stderr.read().decode()
        assert process.wait(20) == 1
    assert said == "error: stdout is no terminal to draw on\ncure:  add --json: one object a line\n"


# -- as a process at a terminal ----------------------------------------------------------------------------------------


class Screen:
    """`roller live` at a terminal of its own; `shown` is all it wrote there."""

    def __init__(self, name):
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            os.environ.update(TERM="xterm-256color", PYTHONIOENCODING="utf-8")
            os.execv(ROLLER[0], [*ROLLER, "--port", name])
        self.before = self.lines_of_the_terminal()
        self.shown = ""

    def lines_of_the_terminal(self):
        """Return how the terminal takes and shows what is typed."""
        return termios.tcgetattr(self._fd)

    def until(self, text):
        """Read until `text` was shown."""
        while text not in self.shown:
            assert select.select([self._fd], [], [], 20)[0], self.shown[-500:]
            self.shown += os.read(self._fd, 65536).decode(errors="replace")

    def type(self, keys):
        os.write(self._fd, keys)

    def end(self):
        """Return the exit code, and how the terminal is left."""
        with contextlib.suppress(OSError):  # the end of a pty
            while data := os.read(self._fd, 65536):
                self.shown += data.decode(errors="replace")
        code = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        return code, self.lines_of_the_terminal()

    def close(self):
        os.close(self._fd)


@pytest.fixture
def screen():
    made = []

    def make(name):
        made.append(Screen(name))
        return made[-1]

    yield make
    for one in made:
        one.close()


def is_restored(shown):
    """Tell whether the screen of before is back and the cursor is seen."""
    return shown.rfind("\x1b[?1049l") > shown.rfind("\x1b[?1049h") and shown.rfind("\x1b[?25h") > shown.rfind(
        "\x1b[?25l"
    )


@pytest.mark.parametrize("key", [b"\x03", b"q"])
def test_ctrl_c_and_q_end_it_and_the_terminal_is_as_before(screen, key):
    app = ScriptedApp(ROWS)
    with port(app) as name:
        shown = screen(name)
        shown.until("#7")
        assert shown.lines_of_the_terminal() != shown.before, "keys are heard without Enter"
        shown.type(key)
        assert shown.end() == (0, shown.before)
    assert is_restored(shown.shown) and "error" not in shown.shown
    assert app.heard.endswith(b"@live off\n")


def test_a_cable_that_is_pulled_is_named_on_a_terminal_as_before(screen):
    with port(ScriptedApp(ROWS)) as name:
        shown = screen(name)
        shown.until("#7")
    code, terminal = shown.end()
    assert (code, terminal) == (1, shown.before) and is_restored(shown.shown)
    after = shown.shown.rpartition("\x1b[?1049l")[2].splitlines()
    assert re.fullmatch(r"error: the board on \S+ (is gone|has said nothing for 2 s)", after[0])
    assert after[1].startswith("cure:  ") and "check the cable" in after[1] and len(after) == 2


def test_m_makes_a_mark(screen):
    app = ScriptedApp(ROWS)
    with port(app) as name:
        shown = screen(name)
        shown.until("#7")
        shown.type(b"m")
        shown.until("marked")
        shown.type(b"q")
        assert shown.end()[0] == 0
    assert b"\n@mark\n" in app.heard


def test_garbage_does_not_reach_the_terminal(screen):
    app = ScriptedApp(ROWS)
    with port(lambda data: GARBAGE + app(data) if data else b"") as name:
        shown = screen(name)
        shown.until("#7")
        shown.type(b"q")
        assert shown.end()[0] == 0
    assert "\x07" not in shown.shown and "\x1b[31m\x1b" not in shown.shown
