# SPDX-License-Identifier: MIT
"""The most that the RAM ring of the log holds in one contact without end, with the trace on: `make bench` prints it.

    python tests/trace_ring.py [seconds]

The whole firmware runs over its chip models in modelled time on a contact of the modelled hand, forward and backward
again and again. Every write to the flash stops it for as long as an erase takes. What a sample takes in the log is
nobody's business here.
"""

import logging
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

HERE = Path(__file__).parent
if __name__ == "__main__":
    sys.path[:0] = [str(HERE), str(HERE.parent / "firmware"), str(HERE.parent / "host_tools")]

import numpy as np  # noqa: E402 - the folders just put on the path are for the run as a script
import pytest  # noqa: E402
from fakes.app_rig import AppRig  # noqa: E402
from samples import SampleFile  # noqa: E402

from rollcore.engine import Engine  # noqa: E402
from rollcore.settings import Settings  # noqa: E402
from rolltools import console, hand  # noqa: E402
from rolltools.recording import Recording, engine_rows, write_chip_samples  # noqa: E402
from rolltools.session_log import iter_trace  # noqa: E402

import recorder  # noqa: E402 # isort: skip - rolltools makes it importable

TRACES = ("compact", "full")
MINUTES_10 = 600


def one_contact(seconds: int) -> Recording:
    """Return a hand that takes the roller and rolls without letting go for so many seconds."""
    recording = hand.make("kneads", 1, duration_s=60).recording
    engine, touched = Engine(Settings()), []
    for t_ms, *sample in engine_rows(recording).tolist():
        engine.step(t_ms, 4808, sample)
        touched.append(engine.in_contact)
    changes = np.flatnonzero(np.diff(np.array([0, *touched, 0])))
    first, last = max(zip(changes[::2], changes[1::2], strict=True), key=lambda span: span[1] - span[0])
    there = np.arange(first + 20, last - 20)  # the force is well above the floor
    count = round(seconds * recording.rate_hz)
    index = np.concatenate([np.arange(changes[0]), np.resize(np.concatenate([there, there[::-1]]), count)])
    return replace(
        recording,
        t_s=np.arange(len(index)) / recording.rate_hz,
        accel_g=recording.accel_g[index],
        gyro_dps=recording.gyro_dps[index],
        force_n=recording.force_n[index],
        motor=None,
    )


@dataclass
class Held:
    """The most bytes in the ring, of how many, and what became of the samples of a contact of `contact_s`."""

    most: int = 0
    capacity: int = 0
    contact_s: float = 0.0
    writes: int = 0
    offered: int = 0
    kept: int = 0
    dropped: int = 0


def measure(root: Path, trace: str, seconds: int) -> Held:
    """Run the app with `root` as its flash through a contact of so many seconds."""
    held = Held()
    recording = one_contact(seconds)
    write_chip_samples(recording, root / "samples")
    add = recorder.Recorder.add_sample

    def watched(made: recorder.Recorder, t_ms: int, sample: object) -> None:
        add(made, t_ms, sample)
        writer = made._writer
        held.most = max(held.most, writer._used_bytes())
        held.capacity = writer.ring.capacity * writer._page_bytes
        held.offered += writer.active
        held.dropped = writer.dropped

    with pytest.MonkeyPatch.context() as patches, (root / "samples").open("rb") as stream:
        patches.setattr(recorder.Recorder, "add_sample", watched)
        rig = AppRig(root, patches, SampleFile(stream), {"trace": trace})
        rig.run(recording.t_s[-1])
    if rig.error:
        raise rig.error
    session = rig.session()
    held.contact_s = session.contact_s
    held.writes = len(rig.written_with_motor)
    held.kept = sum(1 for _ in iter_trace(session.path))
    return held


def main() -> None:
    """Print the table."""
    logging.disable(logging.CRITICAL)  # asyncio tells of the Ctrl-C that ends the run
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else MINUTES_10
    rows = []
    for trace in TRACES:
        with tempfile.TemporaryDirectory() as folder:
            held = measure(Path(folder), trace, seconds)
        share = f"{100 * held.most / held.capacity:.0f}"
        counts = (held.writes, held.most, share, held.offered, held.kept, held.dropped)
        rows.append((trace, f"{held.contact_s:.0f}", *counts))
    columns = (
        "trace",
        ">s of contact",
        ">stalls",
        ">most bytes held",
        ">% of the ring",
        ">samples",
        ">kept",
        ">dropped",
    )
    console.table(columns, rows, "The RAM ring in one contact at 208 Hz, 80 ms lost at each stall")


if __name__ == "__main__":
    main()
