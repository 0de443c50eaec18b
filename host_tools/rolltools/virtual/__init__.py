# SPDX-License-Identifier: MIT
"""The virtual board: a serial port that stock mpremote drives; behind it a real MicroPython VM and modelled chips."""
