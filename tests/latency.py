# SPDX-License-Identifier: MIT
"""How long it takes from a force word in the converter to the motor command that answers it, on modelled time.

    python tests/latency.py [samples]      # `make latency`: a million, some minutes; `make bench`: fewer

The whole firmware runs over its chip models on the virtual board's clock, which charges transfers, engine steps,
collections and the erases of the flash as on an ESP32. The trace is on and the roller is pressed too hard again and
again, so that pages are written in contact and out of it. Every force word counts, not the crossings alone: the time
from its arrival in the chip until the app has decided on it, or on a newer one, and commanded the motor.
"""

import logging
import sys
import tempfile
from array import array
from pathlib import Path

HERE = Path(__file__).parent
if __name__ == "__main__":
    sys.path[:0] = [str(HERE), str(HERE.parent / "firmware"), str(HERE.parent / "host_tools")]

import pytest  # noqa: E402 - the folders just put on the path are for the run as a script
from fakes.app_rig import MOTOR_PIN, AppRig  # noqa: E402
from fakes.board_rig import pressed_rows  # noqa: E402
from samples import Still  # noqa: E402

import app  # noqa: E402
from rollcore.engine import Engine  # noqa: E402
from rollcore.events import OVER_ON, new_row  # noqa: E402
from rollcore.sample import AZ, FORCE, new_sample  # noqa: E402
from rollcore.settings import Settings  # noqa: E402
from rolltools import console  # noqa: E402

RATE_HZ = 208
ADC_OUT = 0x12
CONVERSION_US = 3125
BIN_US = 100
# Touched for 20 s, too hard and far too hard in it; then let go for long enough to end the session.
CYCLE = [(1.0, 0.0), (1.0, 5.0), (4.0, 14.0), (2.0, 6.0), (6.0, 14.0), (2.0, 5.0), (1.0, 32.0), (4.0, 8.0), (9.0, 0.0)]


class Presses(Still):
    """The cycle again and again, for ever."""

    def __init__(self) -> None:
        super().__init__()
        self._rows = pressed_rows(CYCLE)
        self._start_us = 0

    def start(self, t_us: int) -> None:
        """Begin the first cycle."""
        self._start_us = self._start_us or t_us

    def at(self, t_us: int, out: array) -> None:
        """Write the row for `t_us`."""
        out[:] = array("i", self._rows[max(0, t_us - self._start_us) * RATE_HZ // 1000000 % len(self._rows)])


class Times:
    """Many times in us, kept as a histogram: median, p99 and the largest."""

    def __init__(self) -> None:
        self._bins: dict[int, int] = {}
        self.count = self.largest_us = 0

    def add(self, us: int) -> None:
        """Count one time."""
        self._bins[us // BIN_US] = self._bins.get(us // BIN_US, 0) + 1
        self.count += 1
        self.largest_us = max(self.largest_us, us)

    def quantile_ms(self, share: float) -> float:
        """Return the time in ms that `share` of all do not exceed, rounded up by a bin."""
        left = share * self.count
        for at in sorted(self._bins):
            left -= self._bins[at]
            if left <= 0:
                return (at + 1) * BIN_US / 1e3
        return 0.0


class Probe:
    """Listens at the converter and at the motor's pin of a rig, and at nothing inside the firmware but its turns.

    `words` holds the times of all force words, `commands` those of the edges at the motor's pin: from the arrival of
    the newest word that was read by then; `stalled` those of the words that waited while a page was written.
    """

    def __init__(self, rig: AppRig, patches: pytest.MonkeyPatch, most: int) -> None:
        self.words, self.stalled, self.commands = Times(), Times(), Times()
        self.samples = 0
        self._rig = rig
        self._most = most
        self._waiting: list[int] = []
        self._read: list[int] = []
        self._newest_us = self._last_us = 0
        self._written = 0
        self._convert, self._read_reg = (getattr(rig.world.chips["force"], name) for name in ("_convert", "read"))
        rig.world.chips["force"]._convert = self._arrives
        rig.world.chips["force"].read = self._is_read
        rig.world.net(MOTOR_PIN).listen(self._edge)
        take = app.App._take_samples

        def turn(made: app.App) -> bool:
            more = take(made)
            self._decided(made.board._count)
            return more

        patches.setattr(app.App, "_take_samples", turn)

    def _arrives(self, t_us: int) -> None:
        self._convert(t_us)
        # The model leaves out conversions that nobody could read any more; they wait for an answer all the same.
        earlier_us = t_us - CONVERSION_US
        while earlier_us > self._last_us + CONVERSION_US // 2 and self._last_us:
            self._waiting.append(earlier_us)
            earlier_us -= CONVERSION_US
        self._waiting.append(t_us)
        self._last_us = t_us

    def _is_read(self, reg: int) -> int:
        if reg == ADC_OUT and self._waiting:
            self._newest_us = self._last_us
            self._read += self._waiting
            self._waiting.clear()
        return self._read_reg(reg)

    def _edge(self, level: int) -> None:
        if self._read:
            self.commands.add(self._rig.clock.now_us() - self._newest_us)

    def _decided(self, count: int) -> None:
        now_us = self._rig.clock.now_us()
        written = len(self._rig.written_with_motor)
        times = self.stalled if written != self._written else self.words
        self._written = written
        for t_us in self._read:
            times.add(now_us - t_us)
        self._read.clear()
        self.samples += count
        if self.samples >= self._most:
            raise KeyboardInterrupt


def measure(root: Path, samples: int) -> Probe:
    """Run the app over so many samples with `root` as its flash."""
    with pytest.MonkeyPatch.context() as patches:
        rig = AppRig(root, patches, Presses(), {"trace": "full"})
        probe = Probe(rig, patches, samples)
        rig.run(samples / RATE_HZ * 2 + 10)
    if rig.error:
        raise rig.error
    return probe


def steps_to_command() -> int:
    """Return how many steps of the engine there are from the one that asks for the alarm to the motor's level."""
    engine, sample, row = Engine(Settings()), new_sample(), new_row()
    sample[AZ] = 8197
    asked = 0
    for i, (*_, force_mn) in enumerate(pressed_rows([(1.0, 0.0), (1.0, 5.0), (1.0, 14.0)])):
        sample[FORCE] = force_mn
        engine.step(i * 1000 // RATE_HZ, 1000000 // RATE_HZ, sample)
        while engine.events.pop(row):
            asked = asked or (row[0] == OVER_ON)
        if asked:
            if engine.motor_level:
                return int(asked)
            asked += 1
    raise AssertionError("no alarm came")


def main() -> None:
    """Print the table."""
    logging.disable(logging.CRITICAL)  # asyncio tells of the Ctrl-C that ends the run
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else 20000
    with tempfile.TemporaryDirectory() as folder:
        probe = measure(Path(folder), samples)
    rows = [
        (name, t.count, *(f"{t.quantile_ms(share):.1f}" for share in (0.5, 0.99)), f"{t.largest_us / 1e3:.1f}")
        for name, t in (
            ("force word until it is decided on", probe.words),
            ("the same, a page written meanwhile", probe.stalled),
            ("newest word until an edge of the pin", probe.commands),
        )
    ]
    title = f"From the force word in the chip to the motor command, ms on the modelled clock, {probe.samples} samples"
    console.table(("what", ">times", ">median", ">p99", ">max"), rows, title)
    console.say(
        f"in the trace: {steps_to_command()} step of the engine from the sample that decides to the motor's level"
    )


if __name__ == "__main__":
    main()
