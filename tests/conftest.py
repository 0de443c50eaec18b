# SPDX-License-Identifier: MIT
"""What all tests share: the interpreters, and a clear count of what could not run."""

import os
from pathlib import Path

import hypothesis
import pytest
import vm32 as vm32_package
from real_recordings import DATA

import rolltools  # noqa: F401 - makes the firmware's rollcore importable
from rolltools.errors import RollerError
from rolltools.vm import micropython_command

# How long an example takes depends on what else the machine does; no test asserts a time.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


@pytest.fixture(scope="session")
def vm64() -> list[str]:
    """Return the start of a command line of the 64-bit MicroPython."""
    try:
        return micropython_command()
    except RollerError as error:
        pytest.skip(f"VM-64: {error.cause}")


@pytest.fixture(scope="session")
def vm32() -> list[str]:
    """Return the start of a command line of the 32-bit MicroPython; with CI=1 it has to be there."""
    try:
        return vm32_package.command()
    except vm32_package.UnavailableError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"VM-32: {error}")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real recordings beside the project."""
    if not DATA.is_dir():
        pytest.skip("the real recordings (../shared/data) are not here")
    return DATA


def pytest_terminal_summary(terminalreporter):
    """Count and name what was skipped, also where nobody asked for it."""
    skipped = terminalreporter.stats.get("skipped", [])
    terminalreporter.write_line(f"skipped: {len(skipped)}")
    for report in skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        terminalreporter.write_line(f"  {report.nodeid}: {reason.removeprefix('Skipped: ')}")
