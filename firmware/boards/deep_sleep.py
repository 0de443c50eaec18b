# SPDX-License-Identifier: MIT
"""The way to deep sleep, loaded when a board goes it."""

import esp32
import machine


def deep_sleep(chips, button, motion_pin):
    """Quiet `chips` (drivers or None), then sleep until `button` is low or `motion_pin` (or None) high; never returns.

    A chip that does not answer must not keep the others awake.
    """
    for chip in chips:
        if chip:
            try:
                if motion_pin and hasattr(chip, "wake_on_motion"):
                    chip.wake_on_motion()
                else:
                    chip.sleep()
            except OSError:
                pass  # it costs current; the way back is a start anew, which names it
    esp32.wake_on_ext0(button, esp32.WAKEUP_ALL_LOW)
    if motion_pin:
        esp32.wake_on_ext1((motion_pin,), esp32.WAKEUP_ANY_HIGH)
    machine.deepsleep()
