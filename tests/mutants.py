# SPDX-License-Identifier: MIT
"""Breaks the guards of the detector one at a time and names those whose loss no test notices: `make mutants`.

A guard is the condition of an `if`, or one part of an `and` or `or`. It is broken by taking it as never or always
true, or by leaving the part out. Each break lives in memory only, in a process of its own that runs the quick tests.
What survives is read by a person: it misses a test, or it changes nothing and could go, or it only saves time. The few
that are left for a reason are in `mutants_explained.toml`; any other survivor is a failure, and so is a reason whose
break a test notices by now.
`constants` doubles and halves every constant instead, `clamps` takes the bounds off `min`, `max` and `_clip`: many of
those are choices, or only concern input that no hand makes.
"""

import argparse
import ast
import copy
import importlib.abc
import importlib.machinery
import io
import multiprocessing
import os
import signal
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import hypothesis  # noqa: F401 - loaded once here, not in every child
import numpy  # noqa: F401
import pytest

from rolltools import FIRMWARE_DIR, console

ROOT = Path(__file__).parents[1]
ROLLCORE = FIRMWARE_DIR / "rollcore"
EXPLAINED = ROOT / "tests" / "mutants_explained.toml"
MOTION = "stroke measure history guesses guess quiet trust coupling motion shaking".split()
FORCE = "force tare forcecheck pressure bands".split()
MOTION_TESTS = ("test_strokes.py", "test_guesses.py", "test_stroke_guards.py", "test_extremes.py")
FORCE_TESTS = ("test_force.py", "test_force_guards.py", "test_strokes.py")
SLOW = ("test_forcecheck.py",)  # sessions of the modelled hand
TIMEOUT_S = 20  # of computing; a break that never ends has been noticed, too


class Mutant(NamedTuple):
    """One break: where, what became of which code, and by what it is done: the node `at` becomes `by`."""

    module: str
    function: str
    line: int
    what: str
    code: str
    source: str
    at: int
    by: ast.AST | None
    nth: int = 1  # of those alike in its function

    @property
    def tree(self) -> ast.Module:
        """The broken module."""
        tree = ast.parse(self.source)
        return tree if self.by is None else ast.fix_missing_locations(_Swap(self.at, self.by).visit(tree))

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What names this break as long as its code stays."""
        code = self.code if self.nth == 1 else f"{self.code} ({self.nth})"
        return self.module, self.function, code, self.what


def _conditions(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield what may become of a guard."""
    if isinstance(node, ast.If | ast.IfExp):
        for value in (False, True):
            changed = copy.copy(node)
            changed.test = ast.Constant(value)
            yield "always" if value else "never", changed
    elif isinstance(node, ast.BoolOp):
        for i, part in enumerate(node.values):
            rest = node.values[:i] + node.values[i + 1 :]
            changed = ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0]
            yield f"without `{ast.unparse(part)}`", changed


def _clamps(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id in ("min", "max"):
            for part in node.args:
                yield f"`{ast.unparse(part)}` alone", part
        elif node.func.id == "_clip":
            yield "unclipped", node.args[0]


def _constants(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "const":
        for sign, factor in (("*", 2), ("//", 2)):
            doubled = ast.parse(f"const(({ast.unparse(node.args[0])}) {sign} {factor})", mode="eval").body
            yield f"{sign} {factor}", doubled


KINDS: dict[str, Callable[[ast.AST], Iterator[tuple[str, ast.AST]]]] = {
    "guards": _conditions,
    "clamps": _clamps,
    "constants": _constants,
}


class _Swap(ast.NodeTransformer):
    def __init__(self, at: int, by: ast.AST):
        self._at, self._by, self._seen = at, by, -1

    def visit(self, node: ast.AST) -> ast.AST:
        self._seen += 1
        return self._by if self._seen == self._at else self.generic_visit(node)


def _in_order(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield every node as `_Swap` visits them."""
    yield tree
    for child in ast.iter_child_nodes(tree):
        yield from _in_order(child)


def mutants(module: str, kind: str) -> list[Mutant]:
    """Return every break of one kind in a module of rollcore."""
    source = (ROLLCORE / f"{module}.py").read_text()
    whole = ast.parse(source)
    functions = {
        id(inner): outer.name
        for outer in ast.walk(whole)
        if isinstance(outer, ast.FunctionDef)
        for inner in ast.walk(outer)
    }
    found = []
    for at, node in enumerate(_in_order(whole)):
        for what, by in KINDS[kind](node):
            shown = node.test if isinstance(node, ast.If) else node
            function = functions.get(id(node), "")
            made = Mutant(module, function, getattr(node, "lineno", 0), what, ast.unparse(shown), source, at, by)
            alike = sum((one.function, one.code, one.what) == (function, made.code, what) for one in found)
            found.append(made._replace(nth=alike + 1))
    return found


class _Broken(importlib.abc.MetaPathFinder):
    """Gives the broken module in place of its file."""

    def __init__(self, mutant: Mutant):
        self._mutant = mutant

    def find_spec(self, name, path=None, target=None):
        if name != f"rollcore.{self._mutant.module}":
            return None
        file = str(ROLLCORE / f"{self._mutant.module}.py")
        loader = importlib.machinery.SourceFileLoader(name, file)
        loader.get_code = lambda _name: compile(self._mutant.tree, file, "exec")  # type: ignore[method-assign]
        return importlib.machinery.ModuleSpec(name, loader, origin=file)


def _too_long(_signal, _frame):
    raise TimeoutError("the tests do not end")


def unbroken(module: str) -> Mutant:
    """Return a module as it is: where its tests fail or take too long, they would notice anything."""
    return Mutant(module, "", 0, "nothing", "", (ROLLCORE / f"{module}.py").read_text(), 0, None)


def quick_tests(module: str) -> list[str]:
    """Return the test files that look at a module: its own first, for most breaks end there."""
    folder = ROOT / "tests" / "rollcore"
    patterns = f"test_{module}_*.py", f"test_{module}.py"
    own = [path.name for pattern in patterns for path in sorted(folder.glob(pattern))]
    shared = FORCE_TESTS if module in FORCE else MOTION_TESTS
    return [str(folder / name) for name in dict.fromkeys([*own, *shared]) if name not in SLOW]


def explained() -> dict[tuple[str, str, str, str], str]:
    """Return why a break may survive, by its key."""
    entries = tomllib.loads(EXPLAINED.read_text())
    return {
        (module, entry["function"], entry["code"], what): entry["why"]
        for module, list_of in entries.items()
        for entry in list_of
        for what in entry["breaks"]
    }


def survives(mutant: Mutant) -> bool:
    """Tell whether the quick tests pass with a break; to be run in a process that imported nothing of rollcore."""
    sys.meta_path.insert(0, _Broken(mutant))
    signal.signal(signal.SIGVTALRM, _too_long)
    signal.setitimer(signal.ITIMER_VIRTUAL, TIMEOUT_S)
    options = [
        "-x",
        "-q",
        "-m",
        "not exhaustive",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "--hypothesis-seed=1",
        f"--rootdir={ROOT}",
    ]
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            return pytest.main([*options, *quick_tests(mutant.module)]) == 0
    except TimeoutError:
        return False


def main() -> int:
    """Print the breaks that no test notices and nobody explained; return how many, and stale reasons, there are."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "modules", nargs="*", default=MOTION + FORCE, help="of rollcore; all of the detector by default"
    )
    parser.add_argument("--kind", choices=KINDS, default="guards")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args()
    os.chdir(ROOT)
    work = [mutant for module in args.modules for mutant in mutants(module, args.kind)]
    reasons = explained() if args.kind == "guards" else {}
    alone = multiprocessing.get_context("fork").Pool(args.jobs, maxtasksperchild=1)
    survivors = []
    with alone as pool:
        whole = [unbroken(module) for module in args.modules]
        failing = [one.module for one, passes in zip(whole, pool.map(survives, whole, 1), strict=True) if not passes]
        if failing:
            raise SystemExit(f"error: without any break, tests fail or take too long: {', '.join(failing)}")
        with console.progress(f"Breaking {len(work)} {args.kind}", len(work)) as advance:
            for mutant, survived in zip(work, pool.imap(survives, work, chunksize=1), strict=True):
                advance(1)
                if survived:
                    survivors.append(mutant)
    open_ones = [mutant for mutant in survivors if mutant.key not in reasons]
    stale = {key for key in reasons if key[0] in args.modules} - {mutant.key for mutant in survivors}
    rows = [(f"{mutant.module}.py:{mutant.line}", mutant.code, mutant.what) for mutant in open_ones]
    console.table(("where", "code", "break that no test notices"), rows)
    if stale:
        console.table(("module", "function", "code", "explained, but noticed or gone"), sorted(stale))
    console.say(f"{len(survivors)} of {len(work)} breaks survive; {len(open_ones)} unexplained")
    return len(open_ones) + len(stale)


if __name__ == "__main__":
    sys.exit(min(1, main()))
