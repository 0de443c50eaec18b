# SPDX-License-Identifier: MIT
"""Damaged session logs: no exception, every intact page found, no value accepted that was never written.

    python tests/host/log_mutations.py [count]      # a million by default, some minutes

A mutation is named by its kind and its number, and the same name gives the same damage again.
"""

import io
import random
import sys
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from zlib import crc32

HERE = Path(__file__).parent
if __name__ == "__main__":
    sys.path[:0] = [str(HERE.parent), str(HERE.parents[1] / "firmware"), str(HERE.parents[1] / "host_tools")]

import rolltools  # noqa: E402, F401, I001 - on the path just made; makes rollcore importable
from fakes.log_sessions import begin, drain, strokes_session  # noqa: E402

from rollcore import logformat as fmt  # noqa: E402
from rollcore.engine import Engine  # noqa: E402
from rollcore.events import SESSION_START, new_row  # noqa: E402
from rollcore.settings import Settings  # noqa: E402
from rollcore.trace import FULL, TraceEncoder  # noqa: E402
from rolltools import hand, log_pages, session_log  # noqa: E402
from rolltools.errors import RollerError  # noqa: E402
from rolltools.recording import engine_rows  # noqa: E402
from rolltools.session import COMPLETE, Session  # noqa: E402

GOLDEN = HERE.parent / "rollcore" / "golden"  # every type of record, of every version
MILLION = 1000000
TIMED = ("cues", "marks", "gaps", "faults", "force", "battery", "bands", "steps")


class InMemory:
    """As much of a Path as the reader of logs asks for."""

    name, stem = "s000001.roll", "s000001"

    def __init__(self, data: bytes) -> None:
        self._data = data

    def open(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)


def hand_session() -> list[bytes]:
    """Return the log of a modelled hand as the firmware writes it, in small pages and with a thin trace."""
    engine, writer, row = Engine(Settings()), begin(), new_row()
    trace = TraceEncoder(writer, FULL, 4808)
    pages = []
    for number, (t_ms, *sample) in enumerate(engine_rows(hand.make("mixed", 3, duration_s=12.0).recording).tolist()):
        engine.step(t_ms, 4808, sample)
        while engine.events.pop(row):
            if row[0] != SESSION_START:  # `begin` wrote one
                writer.add_event(row)
        if number % 100 == 0:
            trace.add(t_ms, sample)
        if number % 500 == 499:
            pages += drain(writer)
    writer.end(t_ms)
    return pages + drain(writer)


def pages_of(path: Path) -> list[bytes]:
    """Return the pages of an undamaged log."""
    data, pages = path.read_bytes(), []
    while data:
        length = int.from_bytes(data[6:8], "little")
        pages.append(data[:length])
        data = data[length:]
    return pages


# -- damage --------------------------------------------------------------------------------------------------------


def flips(pages: list[bytes], chance: random.Random) -> bytes:
    out = bytearray(b"".join(pages))
    for _ in range(chance.choice((1, 1, 2, 8))):
        out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)
    return bytes(out)


def cut(pages: list[bytes], chance: random.Random) -> bytes:
    data = b"".join(pages)
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.choice((1, 3, 40, 700, len(data))) :]


def insert(pages: list[bytes], chance: random.Random) -> bytes:
    data = b"".join(pages)
    at = chance.randrange(len(data))
    return data[:at] + chance.randbytes(chance.choice((1, 4, 50, 5000))) + data[at:]


def splice(pages: list[bytes], chance: random.Random) -> bytes:
    data, other = b"".join(pages), b"".join(OTHER)
    at, start = chance.randrange(len(data)), chance.randrange(len(other))
    return data[:at] + other[start : start + chance.randrange(2000)] + data[at:]


def foreign(pages: list[bytes], chance: random.Random) -> bytes:
    """Put whole pages of another session in the place of some."""
    return b"".join(chance.choice(OTHER) if chance.random() < 0.3 else page for page in pages)


def repeat(pages: list[bytes], chance: random.Random) -> bytes:
    data = b"".join(pages)
    at, start = chance.randrange(len(data)), chance.randrange(len(data))
    return data[:at] + data[start : start + chance.randrange(3000)] + data[at:]


def swap(pages: list[bytes], chance: random.Random) -> bytes:
    """Let two pages change places, or shuffle them all, or lose and repeat some."""
    kind = chance.randrange(3)
    if kind == 0:
        a, b = chance.randrange(len(pages)), chance.randrange(len(pages))
        pages = list(pages)
        pages[a], pages[b] = pages[b], pages[a]
        return b"".join(pages)
    return b"".join(chance.sample(pages, len(pages)) if kind == 1 else chance.choices(pages, k=len(pages)))


def zeros(pages: list[bytes], chance: random.Random) -> bytes:
    data = b"".join(pages)
    at = chance.randrange(len(data))
    return data[:at] + bytes(chance.randrange(600)) + data[at + chance.randrange(600) :]


def forged(pages: list[bytes], chance: random.Random) -> bytes:
    """Change bytes of a page and make its CRC right again: its values count as written, whatever they are."""
    which = chance.randrange(len(pages))
    page = bytearray(pages[which])
    for _ in range(chance.choice((1, 1, 3, 20))):
        at = chance.randrange(4, len(page) - 4)
        page[at if at < fmt.CRC_AT else at + 4] = chance.choice((0, 127, 128, 255, chance.randrange(256)))
    page[fmt.CRC_AT : fmt.HEADER_BYTES] = crc32(page[fmt.HEADER_BYTES :], crc32(page[: fmt.CRC_AT])).to_bytes(
        4, "little"
    )
    return b"".join([*pages[:which], bytes(page), *pages[which + 1 :]])


MUTATIONS: dict[str, Callable[[list[bytes], random.Random], bytes]] = {
    mutate.__name__: mutate for mutate in (flips, cut, insert, splice, foreign, repeat, swap, zeros, forged)
}

# -- what may be read ----------------------------------------------------------------------------------------------


@dataclass
class Truth:
    """What was written in one session: it whole, and every fact that some of its pages can tell."""

    session: dict
    facts: set
    repeats: int  # facts that the whole log says more than once
    samples: set
    strokes: dict[bytes, set[int]]  # the ids of each page

    @classmethod
    def of(cls, pages: list[bytes]) -> "Truth":
        whole = InMemory(b"".join(pages))
        session = session_log.read_session(whole)
        alone = [session_log.read_session(InMemory(page)) for page in pages]
        told = facts_of(session)
        facts = set(told).union(*(facts_of(each) for each in alone))
        ids = {page: {stroke.id for stroke in each.strokes} for page, each in zip(pages, alone, strict=True)}
        return cls(content(session), facts, len(told) - len(set(told)), set(session_log.iter_trace(whole)), ids)

    def allows(self, session: Session, ids: list[int]) -> bool:
        """Tell whether the session says nothing but what was written, once; and all of it when it says it is whole."""
        facts = facts_of(session)
        repeats = len(facts) - len(set(facts))
        if not self.facts.issuperset(facts) or repeats > self.repeats or len(set(ids)) < len(ids):
            return False
        return session.state != COMPLETE or content(session) == self.session


def content(session: Session) -> dict:
    # A session is whole without its seal, which may be lost with its page.
    return {name: value for name, value in asdict(session).items() if name not in ("path", "sealed")}


def facts_of(session: Session) -> list:
    """Return what the session claims and no lost page can change, the totals and the ends of alarms left out."""
    facts: list = [(name, item) for name in TIMED for item in getattr(session, name)]
    for s in session.strokes:
        values = asdict(s)
        del values["t_report_s"]  # the first announcement may be lost, and a revision not
        facts.append(("stroke", *values.values()))
    facts += [("alarm", over.t_on_s) for over in session.overpressure]
    for name in ("settings", "routine"):
        facts += [(name, str(getattr(session, name)))]
    return [*facts, ("utc", session.started_utc), ("calibrated", session.calibrated), ("firmware", session.firmware)]


OTHER = strokes_session(6, flush_every=2, session=9)
SUBJECTS = {"a hand's session": hand_session()} | {path.stem: pages_of(path) for path in sorted(GOLDEN.glob("*.roll"))}
TRUTHS = {name: Truth.of(pages) for name, pages in SUBJECTS.items()}
OTHER_TRUTH = Truth.of(OTHER)


@dataclass
class Outcome:
    """What the mutations of one kind did; each list names the mutations at fault by number."""

    mutations: int = 0
    intact: int = 0  # pages that were whole after all, and had to be found
    raised: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    wrong: list[int] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.raised or self.lost or self.wrong)


def damage(kind: str, number: int) -> tuple[str, bytes]:
    """Return which log the mutation damages, and what is left of it."""
    name = list(SUBJECTS)[number % len(SUBJECTS)]
    return name, MUTATIONS[kind](SUBJECTS[name], random.Random(number))


def judge(kind: str, number: int, outcome: Outcome) -> None:
    """Read the damaged log in every way and note what is not as it must be."""
    name, data = damage(kind, number)
    outcome.mutations += 1
    intact = [page for page in (*SUBJECTS[name], *OTHER) if page in data]
    outcome.intact += len(intact)
    try:
        session = session_log.read_session(InMemory(data))
        session_log.decode_json(session)
        samples = set(session_log.iter_trace(InMemory(data)))
    except RollerError:
        if intact:
            outcome.lost.append(number)
        return
    except Exception:
        traceback.print_exc()
        outcome.raised.append(number)
        return
    if not found_all(data, intact):
        outcome.lost.append(number)
    if kind == "forged":  # it may even pass for a page of another session, and outvote the true ones
        return
    truth = OTHER_TRUTH if session.session_no == 9 else TRUTHS[name]
    ids = [stroke.id for stroke in session.strokes]
    if not set().union(*(truth.strokes[page] for page in intact if page in truth.strokes)) <= set(ids):
        outcome.lost.append(number)
    if not truth.allows(session, ids) or not samples <= truth.samples:
        outcome.wrong.append(number)


def found_all(data: bytes, intact: list[bytes]) -> bool:
    """Tell whether the scan meets every intact page, by its CRC."""
    found = {page.crc for page in log_pages.scan_pages(io.BytesIO(data))}
    return found >= {int.from_bytes(page[fmt.CRC_AT : fmt.HEADER_BYTES], "little") for page in intact}


def run(count: int) -> dict[str, Outcome]:
    """Judge `count` mutations, as many of each kind."""
    decode = log_pages.read_records
    # Records follow from the page alone, and intact pages come again and again.
    session_log.read_records = lru_cache(4096)(decode)
    try:
        outcomes = {kind: Outcome() for kind in MUTATIONS}
        for number in range(-(-count // len(MUTATIONS))):
            for kind, outcome in outcomes.items():
                judge(kind, number, outcome)
        return outcomes
    finally:
        session_log.read_records = decode


def main() -> None:
    """Print the table; fail when a reader raised, lost a page or accepted a wrong value."""
    from rolltools import console

    outcomes = run(int(sys.argv[1]) if len(sys.argv) > 1 else MILLION)
    rows = [(k, o.mutations, o.intact, len(o.raised), len(o.lost), len(o.wrong)) for k, o in outcomes.items()]
    rows.append(("all", *(sum(row[i] for row in rows) for i in range(1, 6))))
    columns = ("mutation", ">logs", ">intact pages", ">raised", ">lost a page", ">wrong value")
    console.table(columns, rows, "Damaged logs")
    failed = [(kind, o.raised[:5], o.lost[:5], o.wrong[:5]) for kind, o in outcomes.items() if not o.is_clean]
    for kind, *numbers in failed:
        print(kind, *numbers, file=sys.stderr)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
