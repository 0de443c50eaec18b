# SPDX-License-Identifier: MIT
"""Contacts with the clock of a virtual board: measured, set, kept; with boards that lie or cannot keep anything."""

import json

import pytest
from fakes.virtual_boards import Flash

from rolltools.clock_contact import CONTACTS_PATH, make
from rolltools.clock_history import WORST_PPM
from rolltools.errors import RollerError
from rolltools.link import Link
from rolltools.virtual.process import run_board

EPOCH_2000_S = 946684800


class Host:
    """A PC whose clock moves 1 ms with every look at it, and otherwise with the board's, which is modelled.

    Between the two lies what the board takes to write its file, 0.1 s.
    """

    def __init__(self, link, folder):
        self.link, self.folder = link, folder
        self._now_s = 1_790_000_000.5

    def now_s(self):
        self._now_s += 0.001
        return self._now_s

    def pass_time(self, seconds):
        self.link.exec(f"import machine\nmachine.world().clock.charge({seconds * 1000000})")
        self._now_s += seconds

    def run_fast(self, ppm):
        self.link.exec(f"import machine\nmachine.world().rtc.run_fast({ppm})")

    def off_s(self):
        """Return how far the board is ahead, measured by its whole answer."""
        return int(self.link.exec("import time\nprint(time.time_ns())")) / 1e9 + EPOCH_2000_S - self.now_s()

    def file(self):
        return json.loads(Flash(self.folder).files()[CONTACTS_PATH])


@pytest.fixture
def host(vm64, tmp_path):
    with run_board(tmp_path, "--clock", "fast") as board, Link(board.port, restart=False) as link:
        yield Host(link, tmp_path)


def test_contacts_set_the_clock_and_find_its_drift(host):
    (first,) = make(host.link, host.now_s)
    assert (first.offset_ms, first.since_s) == (None, None), "it was never set"
    assert abs(host.off_s()) < 0.2
    host.run_fast(2500)
    for ppm in (2500, 2700, 2600):
        host.run_fast(ppm)
        host.pass_time(20000)
        last = make(host.link, host.now_s)[-1]
        assert last.drift_ppm == pytest.approx(ppm, abs=10)
        assert abs(host.off_s()) < 0.2
    told = host.file()
    assert len(told["contacts"]) == 4 and told["contacts"][-1] == vars(last)
    assert told["session"]["set_ms"] == last.unix_ms
    assert told["session"]["drift_ppm"] == pytest.approx(2600, abs=60)
    assert told["session"]["drift_error_ppm"] < WORST_PPM
    assert CONTACTS_PATH + ".part" not in Flash(host.folder).files()


def test_the_last_eight_are_kept(host):
    for _ in range(10):
        host.pass_time(5)
        made = make(host.link, host.now_s)
    assert len(made) == len(host.file()["contacts"]) == 8
    assert made[-1].since_s == pytest.approx(5, abs=1)


@pytest.mark.parametrize("data", [b"", b"{", b"[1]", b'{"contacts": [{"unix_ms": true}, 5]}', b"[" * 3000])
def test_a_damaged_file_on_the_board_is_replaced(host, data):
    host.link.write_file(CONTACTS_PATH, data)
    assert len(make(host.link, host.now_s)) == 1
    assert len(host.file()["contacts"]) == 1


def test_a_board_that_cannot_keep_the_contact_has_its_clock_set_all_the_same(host):
    host.link.exec("import os\nos.mkdir('/clock.json.part')")
    make(host.link, host.now_s)
    assert abs(host.off_s()) < 0.2
    assert CONTACTS_PATH not in Flash(host.folder).files()


class Liar:
    """A board that answers the question for its time with `text`."""

    def __init__(self, text):
        self._text = text

    def run(self, _snippet, **_args):
        return None

    def exec(self, _code):
        return self._text

    def write_file(self, _path, data):
        self.kept = json.loads(data)


@pytest.mark.parametrize("text", [b"", b"soon", b"-5", b"1e9", b"9" * 50, "٣".encode()])
def test_a_time_that_is_none_is_refused(text):
    with pytest.raises(RollerError, match="makes no sense"):
        make(Liar(text))


def test_a_clock_that_cannot_be_set_is_told_by_its_error():
    (contact,) = make(Liar(b"840000000000000000"), lambda: 840000000 + EPOCH_2000_S + 70.0)
    assert contact.error_ms >= 70000
