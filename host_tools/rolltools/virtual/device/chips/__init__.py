# SPDX-License-Identifier: MIT
"""Register-level models of the board's chips, in plain Python that runs on CPython and inside the VM."""
