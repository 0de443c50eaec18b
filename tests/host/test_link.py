# SPDX-License-Identifier: MIT
"""The link against boards that are not there, busy, silent, noisy or broken: one cause, one cure, in bounded time."""

import fcntl
import time
from contextlib import contextmanager

import pytest
from fakes.pty_port import port
from fakes.scripted_repl import Script, said
from hypothesis import given, settings
from hypothesis import strategies as st

from rolltools.errors import RollerError
from rolltools.link import Link, find_port

SILENCE_S, LONGEST_S, BOUND_S = 0.2, 0.6, 4.0


def link(name, **options):
    return Link(name, silence_s=SILENCE_S, longest_s=LONGEST_S, **options)


@contextmanager
def refused(cause, cure=""):
    """Expect a RollerError with these words, no control character, one line each, in bounded time."""
    start = time.monotonic()
    with pytest.raises(RollerError) as failed:
        yield
    assert time.monotonic() - start < BOUND_S
    error = failed.value
    assert cause in error.cause and cure in error.cure
    for line in (error.cause, error.cure):
        assert line and line.isprintable() and len(line) < 300


class Found:
    """A port as pyserial lists it."""

    vid = 0x10C4

    def __init__(self, device):
        self.device = device


# -- the port ----------------------------------------------------------------------------------------------------------


def test_a_port_that_is_not_there(monkeypatch):
    monkeypatch.setattr("rolltools.link.port.list_ports.comports", list)
    with refused("there is no port /dev/ttyUSB99", "check the cable"):
        Link("/dev/ttyUSB99")
    monkeypatch.setattr("rolltools.link.port.list_ports.comports", lambda: [Found("/dev/ttyUSB0")])
    with refused("there is no port /dev/ttyUSB99", "the ports here: /dev/ttyUSB0"):
        Link("/dev/ttyUSB99")


def test_a_file_is_no_port(tmp_path):
    (tmp_path / "file").write_text("x")
    with refused("is no serial port", "/dev/ttyUSB0"):
        Link(str(tmp_path / "file"))


def test_a_port_that_another_program_has():
    with port(Script()) as name, open(name) as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with refused("in use by another program", "close the other program"):
            link(name)


def test_a_port_without_permission(monkeypatch):
    monkeypatch.setattr("rolltools.link.port.SerialTransport", _denied)
    monkeypatch.setattr("os.access", lambda path, mode: False)  # these tests may run as root, who may everything
    with port(Script()) as name, refused("no permission to open", "dialout"):
        link(name)


def _denied(*_args, **_options):
    raise PermissionError(13, "Permission denied")


def test_no_board_and_two_boards(monkeypatch):
    monkeypatch.setattr("rolltools.link.port.list_ports.comports", list)
    with refused("no board is connected", "--port"):
        find_port()
    monkeypatch.setattr(
        "rolltools.link.port.list_ports.comports", lambda: [Found("/dev/ttyUSB0"), Found("/dev/ttyUSB1")]
    )
    with refused("2 boards are connected: /dev/ttyUSB0, /dev/ttyUSB1", "--port"):
        find_port()
    monkeypatch.setattr("rolltools.link.port.list_ports.comports", lambda: [Found("/dev/ttyUSB1")])
    assert find_port() == "/dev/ttyUSB1"


# -- the conversation --------------------------------------------------------------------------------------------------


def test_a_board_that_never_answers(capsys):
    with port(lambda _data: b"") as name, refused("no MicroPython answers on", "roller flash"), link(name):
        pass
    assert capsys.readouterr().out == ""  # mpremote's own words are not for the user


def test_a_board_that_never_stops_talking(capsys):
    with port(lambda _data: b"spam " * 20000) as name, refused("no MicroPython answers on"), link(name):
        pass
    assert capsys.readouterr().out == ""


def test_a_board_that_talks_on_in_the_middle_of_an_answer():
    with port(Script(b"x" * 3_000_000)) as name, link(name, restart=False) as board, refused("fell silent", "cable"):
        board.exec("pass")


def test_a_board_that_falls_silent_in_the_middle_of_an_answer():
    with port(Script(b"half an ans")) as name, link(name, restart=False) as board, refused("fell silent", "cable"):
        board.exec("pass")


def test_a_program_that_fails_on_the_board():
    trace = b'Traceback (most recent call last):\r\n  File "<stdin>", line 1\r\nOSError: [Errno 28] \x1b[31mENOSPC\r\n'
    with (
        port(Script(said(error=trace))) as name,
        link(name, restart=False) as board,
        refused("the board answered: OSError: [Errno 28] ?[31mENOSPC", "roller doctor"),
    ):
        board.exec("pass")


@pytest.mark.parametrize("answer", [b"", b"not json", b"{", b"[" * 5000, b'{"a": \xff}', b"\x00"])
def test_an_answer_that_makes_no_sense(answer):
    with (
        port(Script(said(answer))) as name,
        link(name, restart=False) as board,
        refused("the board's answer makes no sense"),
    ):
        board.run("slots")


@pytest.mark.parametrize("answer", [b"[]", b"{}", b'{"/x": 5}', b'{"/x": "a", "/y": "b"}', b"null"])
def test_digests_of_other_files_are_not_believed(answer):
    with (
        port(Script(said(answer))) as name,
        link(name, restart=False) as board,
        refused("the board's answer makes no sense"),
    ):
        board.digests(["/x"])


@pytest.mark.parametrize("header", [b"R\x01", b"R\x01\x80", b"R\x01\x00\x00", b"R\x01\x80\x00xxxx", b"x", b""])
def test_a_paste_mode_that_is_cut_off(header):
    script = Script()

    def answer(data):
        return header if b"\x05A\x01" in data else script(data)

    with port(answer) as name, link(name, restart=False) as board, refused("fell silent", "cable"):
        board.exec("print('a program that is longer than one window' * 20)" + " " * 300)


def test_a_file_that_arrives_damaged_is_not_renamed():
    script = Script(said(), said(b"false"))
    with port(script) as name, link(name, restart=False) as board, refused("arrived damaged on the board"):
        board.write_file("/f", b"")


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=300), st.binary(max_size=300), st.booleans())
def test_noise_on_the_line_never_gets_through_as_anything_but_one_error(first, second, reaches_repl):
    """Whatever comes, at the start or as an answer, it ends in bounded time, as an answer or as a RollerError."""
    start = time.monotonic()
    answers = Script(second, second) if reaches_repl else iter((first, second, first)).__next__
    noise = answers if reaches_repl else lambda _data: next_or_nothing(answers)
    try:
        with port(noise) as name, Link(name, restart=False, silence_s=0.03, longest_s=0.2) as board:
            board.digests(["/x"])
    except RollerError as error:
        assert error.cause.isprintable()
    assert time.monotonic() - start < BOUND_S


def next_or_nothing(step):
    try:
        return step()
    except StopIteration:
        return b""


def test_interrupted_by_the_user_it_starts_the_app_again():
    """Ctrl-C on the PC in the middle of a transfer: the board is reset softly on the way out."""
    heard = []
    script = Script(said())

    def answer(data):
        heard.append(data)
        return script(data) if b"\x02" not in data else b">>> "

    with port(answer) as name, pytest.raises(KeyboardInterrupt), link(name) as board:
        board.exec("pass")
        raise KeyboardInterrupt
    line = b"".join(heard)
    assert b"\x02" in line and line.endswith(b"\x04")
