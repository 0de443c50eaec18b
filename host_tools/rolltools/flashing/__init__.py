# SPDX-License-Identifier: MIT
"""MicroPython onto an ESP32: a file proven part by part, what the board holds brought away, then erased and written.

`source` finds the image and proves it, `image` knows its parts, `backup` what the board holds, `chip` the boot loader.
"""
