# SPDX-License-Identifier: MIT
"""The pure core of the roller: time and integers in, events and bytes out."""

VERSION = "0.1.0"
