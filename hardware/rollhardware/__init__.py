# SPDX-License-Identifier: MIT
"""Makes and checks what hardware/ holds: wiring, schematic, enclosure, and the pages of numbers."""
