# SPDX-License-Identifier: MIT
"""Boards with the firmware on them: deployed once, then copied with their flash."""

import pytest

from rolltools.deploying import deploy, firmware_files
from rolltools.link import Link
from rolltools.virtual.process import run_board


@pytest.fixture(scope="session")
def firmware_image(tmp_path_factory, vm64):
    """Return the flash image of a board that the firmware was deployed to."""
    folder = tmp_path_factory.mktemp("deployed")
    with run_board(folder, "--clock", "fast") as board, Link(board.port, restart=False) as link:
        result = deploy(link, firmware_files())
        assert result.switched and len(result.sent) == result.files
    return folder / "flash.img"
