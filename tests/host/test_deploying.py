# SPDX-License-Identifier: MIT
"""Deploys to a real MicroPython with a real littlefs: only what changed, and an app that boots whatever is cut off."""

import hashlib
import random

import pytest
from fakes.virtual_boards import Flash, with_firmware

from rolltools import parcel
from rolltools.building import compiled
from rolltools.deploying import PARCEL, SENDING, deploy, firmware_files
from rolltools.errors import RollerError
from rolltools.link import Link
from rolltools.virtual.line import Line
from rolltools.virtual.process import run_board
from rolltools.virtual.wire import Faults

MAIN = b"""import sys
with open("/active") as stream:
    sys.path.insert(0, "/" + stream.read().strip())
import app
"""
BOOT = """
import sys
for name in ("app", "parts", "parts.one", "parts.two"): sys.modules.pop(name, None)
sys.path[:] = ["", ".frozen", "/lib"]
exec(open("/main.py").read())
"""


def app(version, **more):
    """Return a firmware that says its version, which every one of its files has to agree on."""
    files = {
        "main.py": MAIN,
        "app.py": b"from parts.one import A\nfrom parts.two import B\nassert A == B\nprint('app', A)\n",
        "parts/__init__.py": b"",
        "parts/one.py": f"A = {version}\n".encode() + b"# " + bytes([97 + version]) * 3000 + b"\n",
        "parts/two.py": f"B = {version}\n".encode(),
        "parts/data.py": b"never = 'changes'\n",
    }
    return files | more


def noise(version):
    """Return a module that does not get smaller when it is deflated."""
    return b"NOISE = %r\n" % random.Random(version).randbytes(9000)


def built(files):
    """Return a firmware as the virtual board gets it."""
    return compiled(files, "x64")


class Cut(Link):
    """A link that breaks after `left` more steps: programs on the board, and blocks that it acknowledged."""

    left = 10**9

    def _step(self):
        if self.left == 0:
            raise RollerError("the board fell silent", "check the cable")
        self.left -= 1

    def _start(self, code):
        self._step()
        super()._start(code)

    def upload(self, path, data, progress=None):
        def say(done, total):
            self._step()
            if progress:
                progress(done, total)

        super().upload(path, data, say)


@pytest.fixture(scope="module")
def link(vm64, tmp_path_factory):
    folder = tmp_path_factory.mktemp("board")
    with run_board(folder, "--clock", "fast") as board, Cut(board.port, restart=False) as opened:
        opened.folder = folder
        yield opened


@pytest.fixture(autouse=True)
def fresh(request):
    if "link" in request.fixturenames:
        link = request.getfixturevalue("link")
        link.left = 10**9
        link.exec(
            "import os\ndef rm(p):\n for e in list(os.ilistdir(p)):\n  q = p + '/' + e[0]\n"
            "  if e[1] & 0x4000: rm(q); os.rmdir(q)\n  else: os.remove(q)\nrm('')"
        )


def boots(link):
    return link.exec(BOOT).decode().split()


def slot_of(link, slot):
    """Return what lies in a slot: {path in it: content}."""
    return {path[3:]: data for path, data in Flash(link.folder).files(f"/{slot}").items()}


def without_root(files):
    return {path: data for path, data in files.items() if path != "main.py"}


def test_the_first_deploy_sends_everything(link):
    files = built(app(1))
    result = deploy(link, app(1))
    assert (result.switched, sorted(result.sent)) == (True, sorted(files))
    assert result.sent_bytes == sum(map(len, files.values()))
    assert boots(link) == ["app", "1"]
    assert slot_of(link, result.slot) == without_root(files)
    assert set(Flash(link.folder).files()) == {f"/{result.slot}/{path}" for path in without_root(files)} | {
        "/active",
        "/main.py",
    }


def test_what_is_compiled_and_deflated_takes_less_on_the_line(link):
    result = deploy(link, firmware_files())
    assert result.line_bytes < 0.3 * sum(map(len, firmware_files().values()))


def test_nothing_changed_nothing_sent(link):
    deploy(link, app(1))
    again = deploy(link, app(1))
    assert (again.switched, again.sent, again.sent_bytes, again.line_bytes) == (False, [], 0, 0)


def test_only_the_changed_file_is_sent_the_others_are_copied_on_the_board(link):
    deploy(link, app(1, **{"noise.py": noise(1)}))
    changed = app(1, **{"noise.py": noise(1), "parts/data.py": b"now = 'changed'\n"})
    result = deploy(link, changed)
    files = built(changed)
    assert (result.sent, result.sent_bytes) == (["parts/data.mpy"], len(files["parts/data.mpy"]))
    assert result.line_bytes < 500
    assert slot_of(link, result.slot) == without_root(files)
    assert Flash(link.folder).files()["/main.py"] == MAIN


def test_a_file_of_the_slot_that_does_not_run_is_kept_where_it_is_right(link):
    for version in (1, 2, 1, 2):
        slot = deploy(link, app(version)).slot
    other = "b" if slot == "a" else "a"
    link.write_file(f"/{other}/parts/two.mpy", b"damaged")
    result = deploy(link, app(1))
    assert result.sent == ["parts/two.mpy"]
    assert slot_of(link, other) == without_root(built(app(1)))


def test_sources_and_compiled_files_never_lie_in_one_slot(link):
    """MicroPython would load the source."""
    deploy(link, app(1))
    deploy(link, app(2))
    for version, as_source in ((3, True), (4, False), (5, True), (6, True), (7, False), (8, False)):
        result = deploy(link, app(version), as_source=as_source)
        files = app(version) if as_source else built(app(version))
        assert slot_of(link, result.slot) == without_root(files)
        assert boots(link) == ["app", str(version)]


def test_going_back_sends_nothing_as_the_other_slot_still_has_it(link):
    deploy(link, app(1))
    deploy(link, app(2))
    assert deploy(link, app(1)).sent == []
    assert boots(link) == ["app", "1"]


def test_files_that_left_the_firmware_leave_the_slot(link):
    for version in (1, 2):
        deploy(link, app(version, **{"old.py": b"x = 1\n", "gone/deep.py": b"y = 2\n"}))
    slot = deploy(link, app(3)).slot
    assert not any(name.startswith(f"/{slot}/old") or "deep" in name for name in Flash(link.folder).files(f"/{slot}"))


def test_progress_counts_to_the_end(link):
    seen = []
    result = deploy(link, app(1, **{"noise.py": noise(1)}), lambda what, done, total: seen.append((what, done, total)))
    counts = {what: [done for name, done, _ in seen if name == what] for what, _, _ in seen}
    assert all(done == sorted(set(done)) for done in counts.values())
    assert counts[SENDING][-1] == result.line_bytes == seen[-1][2]
    assert len(counts[SENDING]) > 4


def test_cut_off_at_any_step_the_old_app_boots_and_the_next_deploy_completes(link):
    """Cut off before every program that runs on the board, and after every block that it took."""
    deploy(link, app(1))
    before = link.left
    deploy(link, app(2, **{"noise.py": noise(2)}))
    steps = before - link.left
    assert steps > 6
    version, cuts = 2, 0
    for after in range(steps):
        new = app(version + 1, **{"noise.py": noise(version + 1)})
        link.left = after
        try:
            done = deploy(link, new).switched
        except RollerError:
            done = False
            cuts += 1
        link.left = 10**9
        if not done:
            assert boots(link) == ["app", str(version)]
            assert deploy(link, new).switched
        assert boots(link) == ["app", str(version + 1)]
        assert not any(name.endswith(".part") for name in Flash(link.folder).files())
        version += 1
    assert cuts == steps


def test_what_a_cut_deploy_left_is_removed_when_the_next_one_has_nothing_to_send(link):
    deploy(link, app(1))
    link.write_file(PARCEL, b"half a parcel")
    assert not deploy(link, app(1)).switched
    assert PARCEL not in Flash(link.folder).files()


@pytest.mark.parametrize("at", [0, 40, 5000])
def test_what_arrives_damaged_is_not_switched_to(link, at):
    deploy(link, app(1))

    def flip(path, data, progress=None):
        damaged = bytearray(data)
        damaged[at] ^= 0x10
        Link.upload(link, path, bytes(damaged) if path == PARCEL else data, progress)

    link.upload = flip
    try:
        with pytest.raises(RollerError) as failed:
            deploy(link, app(2, **{"noise.py": noise(2)}))
    finally:
        del link.upload
    assert "not what was sent" in failed.value.cause or "the board answered" in failed.value.cause
    assert boots(link) == ["app", "1"]
    assert deploy(link, app(2)).switched
    assert boots(link) == ["app", "2"]


def test_another_file_than_was_sent_is_not_switched_to(link, monkeypatch):
    deploy(link, app(1))
    pack = parcel.pack
    monkeypatch.setattr(parcel, "pack", lambda files, *have: pack(files | {"parts/two.mpy": b"other"}, *have))
    with pytest.raises(RollerError, match="not what was sent") as failed:
        deploy(link, app(2))
    assert "old app still runs" in failed.value.cure
    assert boots(link) == ["app", "1"]


def test_a_full_board_is_refused_before_anything_is_sent(link):
    deploy(link, app(1))
    before = Flash(link.folder).files()
    big = app(2, **{f"big{i}.py": b"#" * 4097 for i in range(250)})
    with pytest.raises(RollerError) as failed:
        deploy(link, big, as_source=True)
    assert "kB free, the firmware needs" in failed.value.cause
    assert "pull the sessions" in failed.value.cure
    assert Flash(link.folder).files() == before
    assert boots(link) == ["app", "1"]


STATE = {
    "active": "a",
    "slots": {"a": [{}, ""], "b": [{}, ""]},
    "root": None,
    "free_bytes": 10**6,
    "version": [1, 24],
    "mpy": 0x2B06,
    "window_bits": 12,
}


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        {"active": "a"},
        STATE | {"slots": []},
        STATE | {"slots": {"a": 5, "b": []}},
        STATE | {"slots": {"a": [[], ""], "b": [{}, ""]}},
        STATE | {"free_bytes": "much"},
        STATE | {"free_bytes": float("inf")},
        STATE | {"version": []},
        STATE | {"mpy": None},
    ],
)
def test_slots_that_make_no_sense(answer):
    class Board:
        def run(self, snippet, **_args):
            return answer

    with pytest.raises(RollerError, match="makes no sense"):
        deploy(Board(), app(1))


def test_the_firmware_is_all_there_and_nothing_else():
    files = firmware_files()
    assert {"main.py", "app.py", "rollcore/engine.py", "boards/thing_plus.py", "drivers/registers.py"} <= set(files)
    assert all(path.endswith(".py") and "__pycache__" not in path for path in files)


def test_a_power_cut_in_the_middle_of_a_deploy(link, tmp_path):
    """The board loses its power, not the line: what boots then is the old app, and the next deploy completes."""
    deploy(link, app(1))
    folder = with_firmware(link.folder / "flash.img", tmp_path)
    with run_board(folder, "--clock", "fast") as board, Link(board.port) as other:

        def upload_until_the_cut(path, data, progress=None):
            if path == PARCEL:
                other.exec(f"f = open({path!r}, 'wb'); f.write({data[:1500]!r}); f.flush()")
                board.process.kill()
                board.process.wait()
            Link.upload(other, path, data, progress)

        other.upload = upload_until_the_cut
        with pytest.raises(RollerError, match="fell silent"):
            deploy(other, app(2, **{"noise.py": noise(2)}))
    with run_board(folder, "--clock", "fast") as board, Link(board.port, restart=False) as again:
        assert boots(again) == ["app", "1"]
        assert deploy(again, app(2)).switched
        assert boots(again) == ["app", "2"]
        assert not any(name.endswith(".part") for name in Flash(folder).files())


class Board:
    """A board that says what it is, and is asked nothing else."""

    def __init__(self, **state):
        self.state = STATE | state

    def run(self, snippet, **_args):
        assert snippet == "slots"
        return self.state


@pytest.mark.parametrize(
    ("state", "as_source", "cause", "cure"),
    [
        ({"version": [1, 23]}, False, "MicroPython 1.23, which is too old", "roller flash"),
        ({"version": [1, 23]}, True, "MicroPython 1.23, which is too old", "roller flash"),
        ({"mpy": 0}, False, "compiled files of none", "--source"),
        ({"mpy": 0x2A06}, False, "version 6.2, these tools make 6.3", "--source"),
        ({"mpy": 0x2B07}, False, "version 7.3", "roller flash"),
        ({"mpy": 0x0306}, False, "no machine code", "roller flash"),
        ({"mpy": 0x3F06}, False, "no machine code", "roller flash"),
    ],
)
def test_a_board_that_cannot_load_it_is_refused_before_anything_is_written(state, as_source, cause, cure):
    with pytest.raises(RollerError) as failed:
        deploy(Board(**state), app(1), as_source=as_source)
    assert cause in failed.value.cause and cure in failed.value.cure


def test_the_digests_of_the_board_are_those_of_the_files(link):
    data = random.Random(5).randbytes(10_000)
    link.write_file("/data", data)
    assert link.digests(["/data", "/none"]) == {"/data": hashlib.sha256(data).hexdigest(), "/none": None}
    assert Flash(link.folder).files()["/data"] == data


def test_a_file_comes_whole_over_a_bad_line(vm64, tmp_path):
    """Bytes are lost, turned and doubled on the way to a real MicroPython; for both ways see test_upload.py."""
    data = random.Random(9).randbytes(40_000)
    down = Faults(lost=2e-5, flipped=8e-5, doubled=2e-5, seed=1)
    with run_board(tmp_path, "--clock", "fast") as board:
        with Line(board.port, 2_000_000, down=down) as line, Link(line.port, restart=False) as bad:
            bad.upload("/data", data)
        assert down.passed > len(data) + 2 * 2048, "some blocks went twice"
    assert Flash(tmp_path).files()["/data"] == data


def test_ctrl_c_on_the_pc_ends_the_program_on_the_board(link):
    def give_up(done, _total):
        if done > 4000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        link.upload("/data", noise(1), give_up)
    assert link.exec("print('here')").strip() == b"here"
