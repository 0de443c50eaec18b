# SPDX-License-Identifier: MIT
"""Deploys to a real MicroPython with a real littlefs: only what changed, and an app that boots whatever is cut off."""

import hashlib
import random

import pytest
from fakes.virtual_boards import Flash, with_firmware

from rolltools.deploying import deploy, firmware_files
from rolltools.errors import RollerError
from rolltools.link import Link
from rolltools.virtual.process import run_board

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
        "parts/data.py": b"# never changes\n",
    }
    return files | more


class Cut(Link):
    """A link that breaks after `left` more questions to the board."""

    left = 10**9

    def exec(self, code):
        if self.left == 0:
            raise RollerError("the board fell silent", "check the cable")
        self.left -= 1
        return super().exec(code)


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


def test_the_first_deploy_sends_everything(link):
    files = app(1)
    result = deploy(link, files)
    assert (result.switched, sorted(result.sent)) == (True, sorted(files))
    assert result.sent_bytes == sum(map(len, files.values()))
    assert boots(link) == ["app", "1"]
    on_flash = Flash(link.folder).files()
    assert {f"/{result.slot}/{path}" for path in files if path != "main.py"} | {"/active", "/main.py"} == set(on_flash)


def test_nothing_changed_nothing_sent(link):
    deploy(link, app(1))
    again = deploy(link, app(1))
    assert (again.switched, again.sent, again.sent_bytes) == (False, [], 0)


def test_only_the_changed_file_is_sent_the_others_are_copied_on_the_board(link):
    deploy(link, app(1))
    changed = app(1, **{"parts/data.py": b"# changed\n"})
    result = deploy(link, changed)
    assert (result.sent, result.sent_bytes) == (["parts/data.py"], len(b"# changed\n"))
    files = Flash(link.folder).files()
    for path, data in changed.items():
        assert files["/main.py" if path == "main.py" else f"/{result.slot}/{path}"] == data


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
    result = deploy(link, app(1), lambda path, done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1] == result.sent_bytes - len(MAIN)


@pytest.mark.parametrize("step", [4, pytest.param(1, marks=pytest.mark.exhaustive)])
def test_cut_off_after_any_question_the_old_app_boots_and_the_next_deploy_completes(link, step):
    """A deploy is cut off after its first question, after some or all of the others, and before its last ones."""
    deploy(link, app(1))
    before = link.left
    deploy(link, app(2))
    questions = before - link.left
    assert questions > 20
    version, cuts = 2, 0
    for after in sorted({*range(0, questions, step), *range(questions - 4, questions)}):
        new = app(version + 1)
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
        version += 1
    assert cuts >= questions // step


def test_what_arrives_damaged_is_not_switched_to(link):
    deploy(link, app(1))

    def flip(path, data, progress=None):
        Link.write_file(link, path, data.replace(b"B = 2", b"B = 3"), progress)

    link.write_file = flip
    try:
        with pytest.raises(RollerError) as failed:
            deploy(link, app(2))
    finally:
        del link.write_file
    assert "not what was sent" in failed.value.cause and "old app still runs" in failed.value.cure
    assert boots(link) == ["app", "1"]


def test_a_full_board_is_refused_before_anything_is_sent(link):
    deploy(link, app(1))
    before = Flash(link.folder).files()
    big = app(2, **{f"big{i}.py": bytes(4097) for i in range(250)})
    with pytest.raises(RollerError) as failed:
        deploy(link, big)
    assert "kB free, the firmware needs" in failed.value.cause
    assert "pull the sessions" in failed.value.cure
    assert Flash(link.folder).files() == before
    assert boots(link) == ["app", "1"]


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        {"active": "a", "slots": [], "free_bytes": 1},
        {"active": "a", "slots": {"a": 5, "b": []}, "free_bytes": 1},
        {"active": "a", "slots": {"a": [], "b": []}, "free_bytes": "much"},
        {"active": "a", "slots": {"a": [], "b": []}, "free_bytes": float("inf")},
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


@pytest.mark.parametrize("while_writing", ["parts/one.py", "/active"])
def test_a_power_cut_in_the_middle_of_a_deploy(link, tmp_path, while_writing):
    """The board loses its power, not the line: what boots then is the old app, and the next deploy completes."""
    deploy(link, app(1))
    folder = with_firmware(link.folder / "flash.img", tmp_path)
    with run_board(folder, "--clock", "fast") as board, Link(board.port) as other:

        def write_until_the_cut(path, data, progress=None):
            if path.endswith(while_writing):
                other.exec(f"f = open({path + '.part'!r}, 'wb'); f.write({data[:1500]!r}); f.flush()")
                board.process.kill()
                board.process.wait()
            Link.write_file(other, path, data, progress)

        other.write_file = write_until_the_cut
        with pytest.raises(RollerError, match="fell silent"):
            deploy(other, app(2))
    with run_board(folder, "--clock", "fast") as board, Link(board.port, restart=False) as again:
        assert boots(again) == ["app", "1"]
        assert deploy(again, app(2)).switched
        assert boots(again) == ["app", "2"]
        assert not any(name.endswith(".part") for name in Flash(folder).files())


def test_the_digests_of_the_board_are_those_of_the_files(link):
    data = random.Random(5).randbytes(10_000)
    link.write_file("/data", data)
    assert link.digests(["/data", "/none"]) == {"/data": hashlib.sha256(data).hexdigest(), "/none": None}
    assert Flash(link.folder).files()["/data"] == data
