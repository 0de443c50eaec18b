# SPDX-License-Identifier: MIT
"""Over-pressure alarms of the whole firmware with the trace off, compact and full: `python tests/alarms.py [sessions]`.

Modelled hands press through chip models, drivers and app on modelled time; the erases of the flash stop everything.
Delays count from the true crossing of the limit: until the engine asked, and until the motor was commanded.
"""

import io
import logging
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

HERE = Path(__file__).parent
if __name__ == "__main__":
    sys.path[:0] = [str(HERE), str(HERE.parent / "firmware"), str(HERE.parent / "host_tools")]

import pytest  # noqa: E402 - the folders just put on the path are for the run as a script
from fakes.app_rig import AppRig  # noqa: E402
from samples import SampleFile  # noqa: E402

from rolltools import console, hand  # noqa: E402
from rolltools.recording import write_chip_samples  # noqa: E402
from rolltools.scoring import Comparison, compare_all  # noqa: E402

SCENARIOS = ("overpressure", "edge")
FIRST_SEED = 1000  # held out: nothing was developed on them
TRACES = ("off", "compact", "full")


def recorded(truth: hand.HandSession, trace: str, patches: pytest.MonkeyPatch) -> tuple[dict, dict]:
    """Run the firmware over a modelled hand; return what it found, alarms as asked for and as felt."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        write_chip_samples(truth.recording, root / "samples")
        with (root / "samples").open("rb") as stream:
            rig = AppRig(root, patches, SampleFile(stream), {"trace": trace, "session_gap_s": 60})
            rig.set_wall_clock()
            with redirect_stdout(io.StringIO()):  # the app says that it was stopped
                rig.run(truth.recording.t_s[-1] + 2.0)
        if rig.error:
            raise rig.error
        session = rig.session()
        return rig.on_clock_of_the_samples(session), rig.on_clock_of_the_samples(session, felt=True)


def alarms(trace: str, sessions: int, advance=lambda _: None) -> tuple[Comparison, Comparison]:
    """Return how the alarms of so many sessions of each scenario did, as asked for and as felt."""
    asked, felt = [], []
    patches = pytest.MonkeyPatch()
    logging.disable(logging.CRITICAL)  # and stays off: asyncio complains of the interrupt whenever it is collected
    try:
        for scenario in SCENARIOS:
            for seed in range(FIRST_SEED, FIRST_SEED + sessions):
                truth = hand.make(scenario, seed)
                for answers, found in zip((asked, felt), recorded(truth, trace, patches), strict=True):
                    answers.append((found, truth.labels))
                advance(1)
    finally:
        patches.undo()
    return compare_all(asked), compare_all(felt)


def main() -> None:
    """Print the table."""
    sessions = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    rows = []
    with console.progress("Pressing too hard", sessions * len(SCENARIOS) * len(TRACES)) as advance:
        for trace in TRACES:
            asked, felt = alarms(trace, sessions, advance)
            recall = 1 - asked.over_missed / asked.over_true
            delays = (asked.over_delay_ms, asked.over_delay_p95_ms, felt.over_delay_ms, felt.over_delay_p95_ms)
            rows.append((trace, asked.over_true, f"{recall:.3f}", asked.over_false, *(f"{ms:.0f}" for ms in delays)))
    columns = ("trace", ">events", ">recall", ">false", ">asked after ms", ">p95", ">motor after ms", ">p95 ")
    console.table(columns, rows, f"Over-pressure, {sessions} sessions each of {' and '.join(SCENARIOS)}")


if __name__ == "__main__":
    main()
