# SPDX-License-Identifier: MIT
"""What things cost, printed and never asserted: a step of the engine, a session on the flash. `make bench` runs it."""

import io
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import vm32

from rolltools import FIRMWARE_DIR, console, hand, replay
from rolltools.recording import Recording, engine_rows, write_csv
from rolltools.vm import micropython_command

from rollcore.engine import Engine  # isort: skip - rolltools makes it importable
from rollcore.events import SESSION_START, new_row  # isort: skip
from rollcore.logwriter import LogWriter  # isort: skip
from rollcore.settings import Settings  # isort: skip
from rollcore.trace import TraceEncoder  # isort: skip

STEP_SCRIPT = Path(__file__).with_name("bench_step.py")
SCENARIOS = ("demo", "mixed", "everything")
TRACES = ("off", "compact", "full")
RUNS = 3


def interpreters() -> dict[str, list[str]]:
    """Return the command lines of the interpreters that are here, up to the script."""
    standin = "import sys, runpy, rolltools; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0])"
    found = {"CPython": [sys.executable, "-c", standin], "VM-64": [*micropython_command(), "-X", "heapsize=16M"]}
    try:
        found["VM-32"] = [*vm32.command(), "-X", "heapsize=16M"]
    except vm32.UnavailableError as error:
        console.note(f"VM-32 is left out: {error}")
    return found


def print_step_costs() -> None:
    """Print the cost of Engine.step beside that of an empty method call, best of three runs."""
    rows = []
    with tempfile.NamedTemporaryFile(suffix=".job") as stream:
        stream.write(replay.make_job(hand.make("mixed", 1).recording))
        stream.flush()
        for name, command in interpreters().items():
            run = [*command, str(STEP_SCRIPT), str(FIRMWARE_DIR), stream.name]
            said = [subprocess.run(run, capture_output=True, text=True, check=True).stdout.split() for _ in range(RUNS)]
            step_ns, call_us, steps = min([int(word) for word in words] for words in said)
            rows.append((name, f"{step_ns / 1000:.2f}", f"{call_us / 1000:.3f}", steps))
    console.table(("Engine.step on", ">us a step", ">us a method call", ">steps"), rows)


def logged(recording: Recording, trace: str) -> int:
    """Return the bytes that our log takes for a recording."""
    settings = Settings.from_dict({"trace": trace})
    engine, writer, row = Engine(settings), LogWriter(), new_row()
    encoder = TraceEncoder(writer, settings.trace, round(1e6 / recording.rate_hz)) if settings.trace else None
    size = 0
    for t_ms, *sample in engine_rows(recording).tolist():
        engine.step(t_ms, round(1e6 / recording.rate_hz), sample)
        while engine.events.pop(row):
            if row[0] == SESSION_START:
                writer.begin(1, row[1], b"test")
            writer.add_event(row)
        if encoder and writer.active:
            encoder.add(t_ms, sample)
        size += taken(writer) if writer.pending else 0
    writer.end(t_ms)
    return size + taken(writer)


def taken(writer: LogWriter) -> int:
    """Take the pages that wait and return their bytes."""
    size = 0
    while (writer.pending or not writer.active) and (page := writer.take_page()) is not None:
        size += len(page)
        writer.release()
    return size


def print_sizes() -> None:
    """Print bytes a sample: raw structs, zlib of them, CSV, and our log by its trace setting."""
    rows = []
    for name in SCENARIOS:
        recording = hand.make(name, 1).recording
        raw = b"".join(struct.pack("<6hi", *sample[1:8]) for sample in engine_rows(recording).tolist())
        text = io.StringIO()
        write_csv(recording, text)
        sizes = [len(raw), len(zlib.compress(raw, 9)), len(text.getvalue())]
        sizes += [logged(recording, trace) for trace in TRACES]
        rows.append((name, len(recording), *(f"{size / len(recording):.2f}" for size in sizes)))
    columns = ("session", ">samples", ">raw", ">zlib", ">CSV", *(f">log, trace {trace}" for trace in TRACES))
    console.table(columns, rows, "Bytes a sample")


def main() -> None:
    """Print all tables."""
    print_step_costs()
    console.say()
    print_sizes()


if __name__ == "__main__":
    main()
