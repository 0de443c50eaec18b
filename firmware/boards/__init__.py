# SPDX-License-Identifier: MIT
"""The boards: one file each, the only files that import machine."""
