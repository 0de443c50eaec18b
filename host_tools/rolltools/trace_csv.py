# SPDX-License-Identifier: MIT
"""The samples of a trace as a recorded session in CSV: what `roller replay` and any table program read."""

from collections.abc import Iterator
from pathlib import Path

from rollcore.fields import ACCEL_UG_PER_LSB, GYRO_MDPS_PER_LSB
from rollcore.sample import FORCE, FORCE_UNKNOWN

from .archive import writing
from .errors import RollerError
from .log_trace import TraceSample
from .recording_csv import HEADER
from .session_log import iter_trace, read_session


def export(log: Path, out: Path) -> int:
    """Write the trace of a session file to `out`, sample by sample; return how many there are.

    Times count from the start of the session. RollerError when the file holds no trace or the disk refuses.
    """
    if out.suffix == log.suffix:
        raise RollerError(f"{out} has the name of a session file", "give the CSV a name of its own, as samples.csv")
    start_ms = read_session(log).start_ms
    count = 0
    with writing(out) as stream:
        stream.write((HEADER + "\n").encode())
        for line in _lines(iter_trace(log), start_ms):
            stream.write(line.encode())
            count += 1
        if not count:
            raise RollerError(f"{log} holds no trace", "record with the setting trace: compact or full")
    return count


def _lines(samples: Iterator[TraceSample], start_ms: int) -> Iterator[str]:
    for item in samples:
        sample = item.sample
        cells = [f"{(item.t_ms - start_ms) / 1000:.3f}"]
        cells += [f"{value * ACCEL_UG_PER_LSB / 1e6:.6f}" for value in sample[0:3]]
        cells += [f"{value * GYRO_MDPS_PER_LSB / 1e3:.3f}" for value in sample[3:6]]
        cells.append("" if sample[FORCE] == FORCE_UNKNOWN else f"{sample[FORCE] / 1000:.3f}")
        yield ",".join(cells) + "\n"
