# SPDX-License-Identifier: MIT
"""Never a brick: bad settings, broken firmware, boots cut anywhere, half deploys - the app or safe mode, and no loop.

    python tests/firmware/boot_sweep.py [share in percent, 100 by default]      # make sweep

Settings go through the loader on real MicroPython; boots are main.py on a littlefs over the chip models, many of them
in one process of the VM.
"""

import json
import random
import struct
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
if __name__ == "__main__":
    sys.path[:0] = [str(HERE.parent), str(HERE.parents[1] / "host_tools"), str(HERE.parents[1] / "firmware")]

import settings_fuzz  # noqa: E402

import rolltools  # noqa: E402 - these are on the path just made
from rolltools import FIRMWARE_DIR  # noqa: E402
from rolltools.deploying import PARCEL, deploy, firmware_files  # noqa: E402
from rolltools.link import Link, snippet_source  # noqa: E402
from rolltools.virtual.process import run_board  # noqa: E402
from rolltools.vm import micropython_command  # noqa: E402

FILES, BOOTS = 100_000, 1_000
BLOCK = 4096
DEVICE = Path(rolltools.__file__).parent / "virtual" / "device"
NAMES = ("settings", "routine", "calibration", "motor")
HANG = "\n\nimport time\n\n\ndef hang(*_):\n    while True:\n        time.sleep_ms(10)\n\n\n"
DIE = "\n\ndef die(*_):\n    raise RuntimeError('injected')\n\n\n"
RECORDER = (FIRMWARE_DIR / "recorder.py").read_text()
# What is wrong with the flash: files that differ from those of a deploy to slot a, and how the board is to settle:
# the app is started at once, or safe mode comes at once or after three failed starts.
BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "app after 1"),
    "an error while a file loads": ({"/a/recorder.py": "raise ValueError('injected')"}, "safe after 4"),
    "a syntax error": ({"/a/app.py": "def ("}, "safe after 4"),
    "an empty file": ({"/a/recorder.py": ""}, "safe after 4"),
    "a missing module": ({"/a/storage.py": None}, "safe after 4"),
    "no memory": ({"/a/recorder.py": "raise MemoryError"}, "safe after 4"),
    "a hang while it loads": ({"/a/recorder.py": HANG + "hang()"}, "safe after 4"),
    "a hang while it runs": ({"/a/recorder.py": RECORDER + HANG + "Recorder.turn = hang\n"}, "safe after 4"),
    "a task that dies": ({"/a/recorder.py": RECORDER + DIE + "Recorder.turn = die\n"}, "safe after 4"),
    "no way out of the app": (
        {"/a/recorder.py": RECORDER + DIE + "Recorder.turn = Recorder.close = die\n"},
        "safe after 4",
    ),
    "Ctrl-C while it loads": ({"/a/recorder.py": "raise KeyboardInterrupt"}, "safe after 1"),
    "a syntax error in board.py": ({"/a/board.py": "def ("}, "safe after 1"),
    "a board that is none": ({"/a/board.py": "from boards.none import Board"}, "safe after 1"),
    "no board.py": ({"/a/board.py": None}, "safe after 1"),
    "a damaged driver": ({"/a/drivers/nau7802.py": {"hex": "ff00" * 40}}, "safe after 1"),
    "a damaged safe_mode.py": ({"/a/boards/safe_mode.py": "def ("}, "safe after 1"),
    "a damaged faultlog.py": ({"/a/faultlog.py": "def ("}, "app after 1"),
    "a damaged fault log": ({"/faults.bin": {"hex": "5246" * 300}}, "app after 1"),
    "a folder for a fault log": ({"/faults.bin": {"folder": True}}, "app after 1"),
    "no /active": ({"/active": None}, "app after 1"),
    "an empty /active": ({"/active": ""}, "safe after 1"),
    "an /active with a path": ({"/active": "../a"}, "safe after 1"),
    "an /active of garbage": ({"/active": {"hex": "fffe00"}}, "app after 1"),
    "an /active of a megabyte": ({"/active": {"blanks": 200_000}}, "safe after 1"),
    "a folder for /active": ({"/active": {"folder": True}}, "app after 1"),
    "a slot that is missing": ({"/active": "b"}, "safe after 1"),
    "no main.py": ({"/main.py": None}, "safe after 1"),
    "every file bad": ({f"/{name}.json": "{" for name in NAMES}, "app after 1"),
    "every file a folder": ({f"/{name}.json": {"folder": True} for name in NAMES}, "app after 1"),
}


@dataclass
class Outcome:
    """Counts of one part of the sweep, and what was not as it must be."""

    counts: Counter = field(default_factory=Counter)
    wrong: list[Any] = field(default_factory=list)


def _vm(job: dict[str, Any], folder: Path) -> Any:
    path = folder / "job.json"
    path.write_text(json.dumps(job))
    command = [*micropython_command(), "-X", "heapsize=48M", HERE / "boot_sweep_vm.py", DEVICE, FIRMWARE_DIR]
    done = subprocess.run([str(w) for w in (*command, HERE.parent, path)], capture_output=True, text=True)
    try:
        return json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError) as error:
        raise AssertionError((done.stdout + done.stderr)[-2000:]) from error


def loader(vm: list[str], count: int, folder: Path, seed: int = 1) -> Outcome:
    """Load so many fuzzed settings files on real MicroPython."""
    rng = random.Random(seed)
    pack = folder / "pack"
    with pack.open("wb") as stream:
        for _ in range(count):
            data = settings_fuzz.draw(rng)
            stream.write(struct.pack("<I", len(data)) + data)
    command = [*vm, "-X", "heapsize=200K", HERE / "settings_fuzz_vm.py", FIRMWARE_DIR, pack, folder / "settings.json"]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if not done.stdout.startswith("{"):
        raise AssertionError(done.stdout + done.stderr)
    counts = json.loads(done.stdout)
    outcome = Outcome(Counter(accepted=counts["accepted"], refused=counts["refused"]))
    outcome.wrong = [done.stderr[-500:]] if counts["wrong"] or sum(counts.values()) != count else []
    return outcome


def fuzzed_boots(count: int, folder: Path, seed: int = 2) -> Outcome:
    """Boot so many boards, each with a fuzzed file in place of one of its own: the app is to run at once."""
    rng = random.Random(seed)
    cases = [
        {f"/{rng.choice(NAMES) if rng.random() < 0.3 else 'settings'}.json": {"hex": settings_fuzz.draw(rng).hex()}}
        for _ in range(count)
    ]
    outcome = Outcome()
    for case, (how, boots, error) in zip(cases, _vm({"job": "boots", "cases": cases}, folder), strict=True):
        outcome.counts[f"{how} after {boots}"] += 1
        if (how, boots) != ("app", 1):
            outcome.wrong.append((case, how, boots, error))
    return outcome


def broken(folder: Path) -> Outcome:
    """Boot boards whose firmware or slot is broken in every way of `BROKEN`."""
    answers = _vm({"job": "boots", "cases": [files for files, _ in BROKEN.values()]}, folder)
    outcome = Outcome()
    for (name, (_, wanted)), (how, boots, error) in zip(BROKEN.items(), answers, strict=True):
        outcome.counts[f"{how} after {boots}"] += 1
        if f"{how} after {boots}" != wanted:
            outcome.wrong.append((name, how, boots, error))
    return outcome


def cut_boots(stride: int, folder: Path) -> Outcome:
    """Cut a boot that keeps a bad file aside at every step, then boot again."""
    found = _vm({"job": "cuts", "stride": stride, "files": {"/settings.json": '{"glow": 5}'}}, folder)
    outcome = Outcome(Counter(found.pop("settled")), found.pop("wrong"))
    outcome.counts.update(found)
    if set(outcome.counts) - set(found) != {"app after 1"}:
        outcome.wrong.append(dict(outcome.counts))
    return outcome


class _Watched(Link):
    """A link that keeps, after every program on the board and every block it took, which blocks of its flash changed.

    `parcel` is what a deploy sent last, `seal` what it was to be.
    """

    parcel = b""
    seal = ""

    def watch(self, image: Path) -> None:
        self.states: list[dict[int, str]] = []
        self._image, self._before = image, image.read_bytes()

    def _look(self) -> None:
        if not hasattr(self, "states"):
            return
        now = self._image.read_bytes()
        starts = range(0, len(now), BLOCK)
        changed = [at for at in starts if now[at : at + BLOCK] != self._before[at : at + BLOCK]]
        if changed:
            self.states.append({at // BLOCK: now[at : at + BLOCK].hex() for at in changed})
        self._before = now

    def _end(self) -> bytes:
        answer = super()._end()
        self._look()
        return answer

    def run(self, snippet: str, **args: Any) -> Any:
        self.seal = args.get("wanted", self.seal)
        return super().run(snippet, **args)

    def upload(self, path: str, data: bytes, progress: Any = None) -> None:
        if path == PARCEL:
            self.parcel = data
        super().upload(path, data, lambda _done, _total: self._look())


def aged(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return a firmware of which no file is like today's: version 0.0.1."""
    older = {path: data + b"\nOLDER = True\n" for path, data in files.items()}
    version = b'VERSION = "0.0.1"\n'
    older["rollcore/__init__.py"] = b'"""The core."""\n\n' + version
    return older


def deployed_over(older: dict[str, bytes], folder: Path) -> tuple[Path, _Watched]:
    """Deploy today's firmware over an older one; return the flash of before, and the link that saw it."""
    board_folder = folder / "board"
    with run_board(board_folder, "--clock", "fast") as board, _Watched(board.port, restart=False) as link:
        deploy(link, older)
        image = folder / "before.img"
        image.write_bytes((board_folder / "flash.img").read_bytes())
        link.watch(board_folder / "flash.img")
        deploy(link, firmware_files())
    return image, link


def half_deploys(stride: int, folder: Path) -> Outcome:
    """Boot the flash as every `stride`-th step of a deploy over an older app leaves it, and as the last ones do."""
    image, link = deployed_over(aged(firmware_files()), folder)
    states: list[dict[int, str]] = [{}]
    for number, changes in enumerate(link.states):
        states[-1] |= changes
        if number % stride == 0 or number > len(link.states) - 5:
            states.append({})
    job = {"job": "deploys", "image": str(image), "states": [state for state in states if state]}
    return _went_over(_vm(job, folder))


def cut_unpacking(stride: int, folder: Path) -> Outcome:
    """Cut the power at every `stride`-th program and erase of unpacking and switching, whole and torn, and boot."""
    image, link = deployed_over(aged(firmware_files()), folder)
    (folder / "parcel").write_bytes(link.parcel)
    job = {"job": "unpacking", "image": str(image), "parcel": str(folder / "parcel"), "stride": stride}
    return _went_over(_vm(job | {"unpack": snippet_source("unpack"), "seal": link.seal}, folder))


def _went_over(answers: list[tuple[str, int, str]]) -> Outcome:
    """Return the outcome for boots in the order of a deploy: the old app, and from somewhere on the new one."""
    outcome = Outcome()
    versions = [version for _, _, version in answers]
    for how, boots, version in answers:
        outcome.counts[f"{how} after {boots} ({version})"] += 1
    if any((how, boots) != ("app", 1) for how, boots, _ in answers) or versions != sorted(versions):
        outcome.wrong.append(answers)
    if len(set(versions)) != 2 or versions[-1] != firmware_version():
        outcome.wrong.append(set(versions))
    return outcome


def firmware_version() -> str:
    """Return the version of the firmware beside these tests."""
    from rollcore import VERSION

    return VERSION


def main() -> None:
    """Print the counts; fail when a board was lost."""
    import vm32

    from rolltools import console

    share = float(sys.argv[1]) / 100 if len(sys.argv) > 1 else 1.0
    stride = max(1, round(1 / share))
    rows, wrong = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("half", "cut"):
            (folder / part).mkdir()
        parts = {
            "settings through the loader, 64 bit": loader(micropython_command(), int(FILES * share), folder),
            "settings through the loader, 32 bit": loader(vm32.command(), int(FILES * share), folder),
            "whole boots with fuzzed files": fuzzed_boots(int(BOOTS * share), folder),
            "boots of broken firmware": broken(folder),
            "boots cut at every step": cut_boots(stride, folder),
            "half deploys": half_deploys(stride, folder / "half"),
            "unpacking cut at every tenth step": cut_unpacking(10 * stride, folder / "cut"),
        }
    for part, outcome in parts.items():
        rows += [(part, what, number) for what, number in sorted(outcome.counts.items())]
        wrong += [(part, entry) for entry in outcome.wrong]
    rows.append(("all", "bricks and boot loops", len(wrong)))
    console.table(("part", "what", ">count"), rows, "Never a brick")
    for entry in wrong[:20]:
        print(entry, file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
