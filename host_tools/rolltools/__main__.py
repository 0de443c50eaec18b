# SPDX-License-Identifier: MIT
"""`python -m rolltools`: the same as `roller`."""

from .cli import main

main()
