# SPDX-License-Identifier: MIT
"""Drivers: one chip a file, the bus injected, nothing decided here."""
