# SPDX-License-Identifier: MIT
"""The board around the ESP32: chips, wires, button, battery, and what outlives a reset of the ESP32.

Chips are brought up to date when somebody looks at them; `tick` fires what must happen by itself.
"""

from micropython import const
from nets import Net
from population import POPULATION
from rtc import RealTimeClock
from samples import Still
from uart import Uart0
from wiring import BOARDS

PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5
PIN_WAKE, EXT1_WAKE, TIMER_WAKE = 2, 3, 4
_SLEEP_STEP_US = const(10000)


class World:
    """A board by name on a clock, feeling `samples` (`SampleFile`, or None to lie still).

    `power` has reset(cause), soft_reset() and deepsleep(ms_or_None, awake); `observer(t_us, name, value)` hears of
    "motor" (percent), "led" (0/1), "rgb" ((r, g, b)) and "baud" (of the port); `bus_fault(address, reg, length,
    is_write)` returns None or the errno a transfer fails with; `bus_noise(buffer)` may change the bytes that a transfer
    brings.
    """

    def __init__(self, board_name, clock, samples=None, imu=None, force=None):
        if board_name not in BOARDS:
            raise ValueError("no board %r; there is %s" % (board_name, ", ".join(BOARDS)))
        self.wiring = BOARDS[board_name]
        self.clock = clock
        self.samples = samples or Still()
        self.observer = None
        self.bus_fault = None
        self.bus_noise = None
        self.power = None
        self.reset_cause = PWRON_RESET
        self.wake_reason = 0
        self.rtc_memory = b""
        self.rtc = RealTimeClock(clock)
        self.analog_uv = {}  # GPIO -> uV for the ADC, or a function that returns them for a time in us
        self.frequency_hz = 160000000
        self.registers = Uart0(lambda baud: self.tell("baud", baud))
        self.motor = 0  # percent the motor is driven with
        self.timers = []
        self._nets = {}
        self._watchdog_us = 0
        self._fed_us = 0
        self._next_cause = HARD_RESET
        self.chips = POPULATION[board_name](self, imu or {}, force or {})
        self._qwiic_on = True
        self._held_clocks = 0
        self.net(self.wiring["scl"]).listen(self._count_clock)
        self.net(self.wiring["led"]).listen(lambda level: self.tell("led", level))
        if "qwiic_power" in self.wiring:
            self.net(self.wiring["qwiic_power"]).listen(self._switch_qwiic)

    def net(self, gpio):
        """Return the net on a GPIO."""
        if gpio not in self._nets:
            self._nets[gpio] = Net(self.wiring["pulls"].get(gpio))
        return self._nets[gpio]

    def chip_at(self, sda, scl, address):
        """Return the chip that answers at `address` on a bus over these pins, or None."""
        if sda != self.wiring["sda"] or scl != self.wiring["scl"]:
            return None
        for name, chip in self.chips.items():
            if chip.address == address and chip.present and not chip.mute:
                return chip if self._qwiic_on or name == "gauge" else None
        return None

    def hold_sda(self, clocks):
        """Let a chip hold SDA low, as one cut off in a read, until `clocks` rising edges of SCL have passed."""
        self._held_clocks = clocks
        self.net(self.wiring["sda"]).from_chip(0)

    def sda_is_held(self):
        """Tell whether a chip holds SDA."""
        return self._held_clocks > 0

    def _count_clock(self, level):
        if level and self._held_clocks:
            self._held_clocks -= 1
            if not self._held_clocks:
                self.net(self.wiring["sda"]).from_chip(None)

    def tell(self, name, value, t_us=None):
        """Tell the observer of a change."""
        if self.observer:
            self.observer(self.clock.now_us() if t_us is None else t_us, name, value)

    def motor_driven(self, percent, t_us):
        """Note that the motor is driven with `percent` from `t_us` on."""
        self.motor = percent
        self.tell("motor", percent, t_us)

    def _switch_qwiic(self, level):
        self._qwiic_on = bool(level)
        for name, chip in self.chips.items():
            if name != "gauge":
                chip.power_on()

    def press(self, down):
        """Press the button or let it go."""
        self.net(self.wiring["button"]).from_chip(0 if down else None)

    def settle(self):
        """Bring the chips up to now; the IMU first, as it feels the motor."""
        now_us = self.clock.now_us()
        chips = self.chips
        chips["imu"].update(now_us)
        chips["haptic"].update(now_us)
        chips["force"].update(now_us)

    def level(self, gpio):
        """Return the level of a net, its owner brought up to now."""
        net = self.net(gpio)
        if net.owner:
            net.owner.update(self.clock.now_us())
        return net.level()

    def watch(self, timeout_us):
        """Start or feed the watchdog; None feeds it."""
        self.tick()
        self._watchdog_us = timeout_us or self._watchdog_us
        self._fed_us = self.clock.now_us()

    def tick(self):
        """Let happen what is due by itself: timers, and the watchdog's reset. Call it when the clock has moved."""
        now_us = self.clock.now_us()
        if self._watchdog_us and now_us - self._fed_us > self._watchdog_us:
            self._watchdog_us = 0
            self.reset(WDT_RESET)
        for timer in self.timers:
            timer.run(now_us)

    def reset(self, cause):
        """Reset the ESP32 (HARD_RESET, WDT_RESET or SOFT_RESET)."""
        self._next_cause = cause
        if cause == SOFT_RESET:
            self.power.soft_reset()
        else:
            self.power.reset(cause)

    def deepsleep(self, sleep_ms, sources):
        """Put the ESP32 to deep sleep, its pins let go; `sources` as `awake` takes them."""
        self._next_cause = DEEPSLEEP_RESET
        self._watchdog_us = 0
        self._release_pins()
        self.wake_reason = TIMER_WAKE
        self.power.deepsleep(sleep_ms, lambda: self.awake(sources))

    def lightsleep(self, sleep_ms, sources):
        """Let time pass until a source wakes the ESP32 or `sleep_ms` (None: no limit) are over."""
        end_us = None if sleep_ms is None else self.clock.now_us() + sleep_ms * 1000
        while not self.awake(sources) and (end_us is None or self.clock.now_us() < end_us):
            self.clock.wait(_SLEEP_STEP_US)
            self.tick()

    def awake(self, sources):
        """Tell whether one of the wake sources is active now, and note which.

        `sources` lists (PIN_WAKE or EXT1_WAKE, GPIOs, level): with level 0 all of the GPIOs must be low.
        """
        self.settle()
        for reason, gpios, level in sources:
            levels = [self.net(gpio).level() for gpio in gpios]
            if (1 in levels) if level else (1 not in levels):
                self.wake_reason = reason
                return True
        return False

    def _release_pins(self):
        self.settle()
        for net in self._nets.values():
            net.release()

    def _stop_pulses(self):
        """Do what a soft reset does to pulse width: the channels stop, their pins stay low."""
        self.settle()
        for net in self._nets.values():
            if net.pulsed:
                net.from_esp(0)

    def save(self, keep_pins=False):
        """Return what outlives a reset of the ESP32, for JSON; its pins are let go first, but not by a soft reset."""
        if keep_pins:
            self._stop_pulses()
        else:
            self._release_pins()
        now_us = self.clock.now_us()
        return {
            "chips": {name: chip.save(now_us) for name, chip in self.chips.items()},
            "pins": {str(gpio): net.esp for gpio, net in self._nets.items() if net.esp is not None},
            "samples": self.samples.save(now_us),
            "cause": self._next_cause,
            "watchdog": self._watchdog_state(now_us) if keep_pins else None,
            "wake": self.wake_reason,
            "rtc": self.rtc.save(),
            "rtc_memory": "".join("%02x" % b for b in self.rtc_memory),
        }

    def _watchdog_state(self, now_us):
        """Return (timeout, time since it was fed) in us, or None: it cannot be stopped, and runs on in a soft reset."""
        return (self._watchdog_us, now_us - self._fed_us) if self._watchdog_us else None

    def restore(self, state):
        """Take over what `save` returned, as if no time had passed since."""
        now_us = self.clock.now_us()
        for gpio, level in state["pins"].items():
            self.net(int(gpio)).from_esp(level)
        for name, chip in self.chips.items():
            chip.restore(state["chips"][name], now_us)
        self.samples.restore(state["samples"], now_us)
        if state["watchdog"]:
            self._watchdog_us, unfed_us = state["watchdog"]
            self._fed_us = now_us - unfed_us
        self.reset_cause = state["cause"]
        self.wake_reason = state["wake"]
        self.rtc.restore(state["rtc"])
        memory = state["rtc_memory"]
        self.rtc_memory = bytes(int(memory[i : i + 2], 16) for i in range(0, len(memory), 2))
        self.motor = self.chips["haptic"].drive()
