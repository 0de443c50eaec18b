# SPDX-License-Identifier: MIT
"""The bills of materials, held against the drawings, and their page."""
