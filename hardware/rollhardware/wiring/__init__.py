# SPDX-License-Identifier: MIT
"""Pins, nets and cables: read, checked, and drawn."""
