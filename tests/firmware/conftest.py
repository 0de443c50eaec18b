# SPDX-License-Identifier: MIT
"""The firmware as a whole: an app rig for every test."""

import pytest
from fakes.app_rig import AppRig


@pytest.fixture
def make_rig(tmp_path, monkeypatch):
    """Return a function that makes an `AppRig` (samples, settings, options) with a flash of its own."""
    made = []

    def make(samples=None, settings=None, **options):
        root = tmp_path / f"flash{len(made)}"
        root.mkdir()
        made.append(AppRig(root, monkeypatch, samples, settings, **options))
        return made[-1]

    return make
