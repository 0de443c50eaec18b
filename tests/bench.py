# SPDX-License-Identifier: MIT
"""What things cost, printed and never asserted: a step of the engine, a session on the flash. `make bench` runs it."""

import json
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import bench_sizes
import vm32
from bench_pystone import ESP32_PER_S

from rolltools import FIRMWARE_DIR, console, hand, replay
from rolltools.recording import Recording, engine_rows
from rolltools.vm import micropython_command

STEP_SCRIPT = Path(__file__).with_name("bench_step.py")
RATE_HZ = 208
COUNTS_PER_N = 43800  # of the load cell, as the firmware assumes it uncalibrated
# of an ESP32, as virtual/device/clock.py charges them; a transfer is one of up to 8 bytes
I2C_TRANSFER_US, I2C_BYTE_US, GC_US, ERASE_US, BLOCK_BYTES = 680, 23, 2500, 80000, 4096
ENGINE_LIMIT_PERCENT, LOOP_LIMIT_PERCENT = 20, 55
TRACE_LIMIT_PERCENT, TRACE_LOOP_LIMIT_PERCENT = 35, 70  # engine and trace, the loop with both


def interpreters() -> dict[str, list[str]]:
    """Return the command lines of the interpreters that are here, up to the script."""
    standin = "import sys, runpy, rolltools; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0])"
    found = {"CPython": [sys.executable, "-c", standin], "VM-64": [*micropython_command(), "-X", "heapsize=16M"]}
    try:
        found["VM-32"] = [*vm32.command(), "-X", "heapsize=16M"]
    except vm32.UnavailableError as error:
        console.note(f"VM-32 is left out: {error}")
    return found


def write_sensors(recording: Recording, folder: Path) -> tuple[Path, Path]:
    """Write what the IMU's FIFO and the load cell's converter show during a recording, byte for byte."""
    fifo, counts = bytearray(), bytearray()
    for i, (ax, ay, az, gx, gy, gz, force_mn) in enumerate(engine_rows(recording)[:, 1:8].tolist()):
        slot = (i & 3) << 1
        fifo += struct.pack("<BhhhBhhh", 1 << 3 | slot, gx, gy, gz, 2 << 3 | slot, ax, ay, az)
        counts += (force_mn * COUNTS_PER_N // 1000).to_bytes(3, "big", signed=True)
    paths = folder / "fifo", folder / "counts"
    for path, data in zip(paths, (fifo, counts), strict=True):
        path.write_bytes(data)
    return paths


def measure_all() -> dict[str, dict[str, float]]:
    """Return the figures of `bench_step.py` by interpreter; those of the loop on VM-32 only."""
    recording = hand.make("mixed", 1).recording
    found = {}
    for name, command in interpreters().items():
        with tempfile.TemporaryDirectory() as folder_name:
            folder = Path(folder_name)
            (folder / "job").write_bytes(replay.make_job(recording))
            run = [*command, STEP_SCRIPT, FIRMWARE_DIR, folder / "job"]
            if name == "VM-32":
                run += [*write_sensors(recording, folder), folder]
            done = subprocess.run([str(word) for word in run], capture_output=True, text=True, check=True)
            found[name] = json.loads(done.stdout.splitlines()[-1])
    return found


def print_step_costs(figures: dict[str, dict[str, float]]) -> None:
    """Print the cost of Engine.step beside a rival and two yardsticks, each interpreter in one run."""
    rows = []
    for name, f in figures.items():
        knows_bytes = name != "CPython"
        rows.append(
            (
                name,
                f"{f['step_us']:.2f}",
                f"{f['step_bytes']:.2f}" if knows_bytes else "–",
                f"{f['madgwick_us']:.2f}",
                f"{f['madgwick_bytes']:.0f}" if knows_bytes else "–",
                f"{f['step_us'] / f['madgwick_us']:.2f}",
                f"{f['calls_us']:.0f}",
                f"{1e6 / f['pystone_us']:.0f}",
            )
        )
    columns = ("on", ">us a step", ">bytes a step", ">us Madgwick", ">bytes", ">step/Madgwick", ">us 1,000 calls")
    console.table(
        (*columns, ">pystones/s"),
        rows,
        "Engine.step, a float Madgwick filter (its collections left out), yardsticks",
    )


def print_esp32(f: dict[str, float]) -> None:
    """Print what share of an ESP32's time engine and loop take at 208 Hz, from the figures of one run on VM-32."""
    slower = 1e6 / f["pystone_us"] / ESP32_PER_S
    engine = f["step_us"] * slower * RATE_HZ
    rest = f["loop_off_us_per_s"] * slower - engine
    wakes = f["wake_ups_per_s"] * f["wake_up_us"] * slower
    bus = f["transfers_per_s"] * I2C_TRANSFER_US
    further = f["bytes_beyond_8_per_s"] * I2C_BYTE_US
    collected = f["collections_per_s"] * GC_US
    whole = engine + rest + wakes + bus + collected
    per_drain = f["transfers_per_s"] / f["drains_per_s"]
    rows = [
        ("engine", f"{engine / RATE_HZ:.0f} us a step", _percent(engine), ENGINE_LIMIT_PERCENT),
        ("drivers, app, log", f"{rest / RATE_HZ:.0f} us a sample", _percent(rest), ""),
        ("asyncio", f"{f['wake_ups_per_s']:.0f} wake-ups/s", _percent(wakes), ""),
        ("I2C", f"{per_drain:.2f} transfers a drain of {I2C_TRANSFER_US} us", _percent(bus), ""),
        ("collections", f"{f['collections_per_s']:.2f}/s of {GC_US} us", _percent(collected), ""),
        ("whole loop, no trace", "", _percent(whole), LOOP_LIMIT_PERCENT),
        ("the same", f"and {I2C_BYTE_US} us a byte beyond 8 of a transfer", _percent(whole + further), ""),
    ]
    for trace in ("compact", "full"):
        coded = (f[f"loop_{trace}_us_per_s"] - f["loop_off_us_per_s"]) * slower
        erases = (f[f"bytes_{trace}_per_s"] - f["bytes_off_per_s"]) / BLOCK_BYTES
        both = whole + coded + erases * ERASE_US
        rows += [
            (
                f"engine and trace {trace}",
                f"{coded / RATE_HZ:.0f} us a sample",
                _percent(engine + coded),
                TRACE_LIMIT_PERCENT,
            ),
            (
                f"whole loop, trace {trace}",
                f"{erases:.2f} erases/s of {ERASE_US} us",
                _percent(both),
                TRACE_LOOP_LIMIT_PERCENT,
            ),
        ]
    title = f"Estimate for an ESP32 at {RATE_HZ} Hz: VM-32 times {slower:.0f} (its pystones / {ESP32_PER_S})"
    console.table(("part", "made of", ">% of the time", ">limit"), rows, title)


def _percent(us_per_s: float) -> str:
    return f"{us_per_s / 10000:.1f}"


def main() -> None:
    """Print all tables."""
    figures = measure_all()
    print_step_costs(figures)
    console.say()
    if "VM-32" in figures:
        print_esp32(figures["VM-32"])
        console.say()
    bench_sizes.print_sizes()


if __name__ == "__main__":
    main()
