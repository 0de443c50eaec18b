# SPDX-License-Identifier: MIT
"""The commands of `roller`: one file each, one plain function in it, listed in `cli.py`."""
