# SPDX-License-Identifier: MIT
"""The schematics of both builds, drawn from the nets and proven by KiCad."""
