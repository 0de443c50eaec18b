# SPDX-License-Identifier: MIT
"""The enclosure: parameters, printed and bought parts, the load path, checks, drawings and pictures."""
