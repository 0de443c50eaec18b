# SPDX-License-Identifier: MIT
"""Stand-in for MicroPython's `machine` on an ESP32: the same surface, over the modelled world given to `attach`."""

import time

from clock import ADC_US, I2C_BYTE_US, I2C_TRANSFER_US
from micropython import const
from world import (
    DEEPSLEEP_RESET,
    EXT1_WAKE,
    HARD_RESET,
    PIN_WAKE,
    PWRON_RESET,
    SOFT_RESET,
    TIMER_WAKE,
    WDT_RESET,
)

__all__ = ["DEEPSLEEP_RESET", "EXT1_WAKE", "PIN_WAKE", "PWRON_RESET", "TIMER_WAKE", "WDT_RESET"]
EXT0_WAKE = PIN_WAKE
_ENODEV = const(19)
_ETIMEDOUT = const(116)
_NO_SUCH_PIN = (20, 24, 28, 29, 30, 31)
_FIRST_INPUT_ONLY = const(34)
_world = None


def attach(world):
    """Let this module talk to `world`; pins and handlers made before belong to the world before."""
    global _world
    _world = world
    Pin.made = {}
    sleep_sources.clear()


def world():
    """Return the attached world."""
    return _world


class _Memory:
    """Registers by address."""

    def __getitem__(self, address):
        return _world.registers[address]

    def __setitem__(self, address, value):
        _world.registers[address] = value


mem32 = _Memory()


class Pin:
    """A GPIO; the same object for the same number."""

    IN, OUT, OPEN_DRAIN = 1, 3, 7
    PULL_DOWN, PULL_UP = 1, 2
    IRQ_RISING, IRQ_FALLING = 1, 2
    WAKE_LOW, WAKE_HIGH = 4, 5
    made = {}

    def __new__(cls, id, mode=-1, pull=-1, value=None):
        """Return the pin `id`, which exists once."""
        if id not in cls.made:
            if not 0 <= id < 40 or id in _NO_SUCH_PIN:
                raise ValueError("invalid pin")
            cls.made[id] = object.__new__(cls)
        return cls.made[id]

    def __init__(self, id, mode=-1, pull=-1, value=None):
        if not hasattr(self, "gpio"):
            self.gpio = id
            self.net = _world.net(id)
            self._mode = -1
            self._handler = None
            self._listening = None
        if mode != -1 or pull != -1 or value is not None:
            self.init(mode, pull, value)

    def init(self, mode=-1, pull=-1, value=None):
        """Set mode, pull and level."""
        if mode != -1:
            if mode != self.IN and self.gpio >= _FIRST_INPUT_ONLY:
                raise ValueError("pin can only be input")
            self._mode = mode
            self.net.pulsed = False  # a new mode takes the pin back from a PWM channel
            if mode == self.IN:
                self.net.from_esp(None)
            elif value is None and self.net.esp is None and mode == self.OUT:
                value = 0
        if pull != -1:
            self.net.weak_pull({self.PULL_UP: 1, self.PULL_DOWN: 0}.get(pull))
        if value is not None:
            self.value(value)

    def value(self, level=None):
        """Return the level, or set it."""
        if level is None:
            return _world.level(self.gpio)
        if self.net.pulsed:
            return None  # the level of the GPIO goes nowhere
        if self._mode == self.OUT:
            self.net.from_esp(1 if level else 0)
        elif self._mode == self.OPEN_DRAIN:
            self.net.from_esp(None if level else 0)
        return None

    def __call__(self, level=None):
        return self.value(level)

    def on(self):
        """Set the level to 1."""
        self.value(1)

    def off(self):
        """Set the level to 0."""
        self.value(0)

    def irq(self, handler=None, trigger=3, wake=None):
        """Call `handler(pin)` at the edges of `trigger`."""
        if self._listening:
            self.net.unlisten(self._listening)
        self._handler, self._listening = handler, None
        if handler:

            def listening(level):
                if trigger & (self.IRQ_RISING if level else self.IRQ_FALLING):
                    handler(self)

            self._listening = listening
            self.net.listen(listening)


class I2C:
    """The bus over two pins. Transfers cost time; a missing chip is ENODEV."""

    def __init__(self, id=0, scl=None, sda=None, freq=400000, timeout=50000):
        self._scl = (scl or Pin(18)).gpio
        self._sda = (sda or Pin(19)).gpio
        self._timeout_us = timeout

    def _chip(self, address, reg, length, is_write):
        clock = _world.clock
        clock.charge(I2C_TRANSFER_US + (I2C_BYTE_US * (length - 8) if length > 8 else 0))
        _world.tick()
        if _world.sda_is_held():
            clock.charge(self._timeout_us)
            _world.tick()
            raise OSError(_ETIMEDOUT)
        if _world.bus_fault:
            errno = _world.bus_fault(address, reg, length, is_write)
            if errno == _ETIMEDOUT:
                clock.charge(self._timeout_us)
                _world.tick()
            if errno:
                raise OSError(errno)
        chip = _world.chip_at(self._sda, self._scl, address)
        if chip is None:
            raise OSError(_ENODEV)
        return chip

    def scan(self):
        """Return the addresses that answer."""
        return [a for a in range(8, 0x78) if _world.chip_at(self._sda, self._scl, a)]

    def readfrom_mem_into(self, addr, memaddr, buf, *, addrsize=8):
        """Fill `buf` from a register on."""
        self._chip(addr, memaddr, len(buf), False).read_burst(memaddr, buf)
        if _world.bus_noise:
            _world.bus_noise(buf)

    def readfrom_mem(self, addr, memaddr, nbytes, *, addrsize=8):
        """Return bytes from a register on."""
        buffer = bytearray(nbytes)
        self.readfrom_mem_into(addr, memaddr, buffer)
        return bytes(buffer)

    def writeto_mem(self, addr, memaddr, buf, *, addrsize=8):
        """Write `buf` from a register on."""
        chip = self._chip(addr, memaddr, len(buf), True)
        if _world.bus_noise:
            buf = bytearray(buf)
            _world.bus_noise(buf)
        chip.write_burst(memaddr, buf)

    def writeto(self, addr, buf, stop=True):
        """Write a register number and what follows it."""
        chip = self._chip(addr, buf[0] if buf else -1, len(buf), True)
        if len(buf) > 1:
            chip.write_burst(buf[0], buf[1:])
        elif buf:
            chip.pointer = buf[0]
        return len(buf)

    def readfrom_into(self, addr, buf, stop=True):
        """Fill `buf` from where the chip's pointer stands."""
        chip = self._chip(addr, -1, len(buf), False)
        chip.read_burst(chip.pointer, buf)

    def readfrom(self, addr, nbytes, stop=True):
        """Return bytes from where the chip's pointer stands."""
        buffer = bytearray(nbytes)
        self.readfrom_into(addr, buffer)
        return bytes(buffer)


class PWM:
    """Pulse width on a pin, which it takes until the pin gets a new mode."""

    def __init__(self, pin, freq=5000, duty_u16=0):
        self._pin = pin
        self._duty = 0
        self._freq = freq
        self.duty_u16(duty_u16)

    def freq(self, hz=None):
        """Return or set the frequency in Hz."""
        self._freq = self._freq if hz is None else hz
        return self._freq

    def duty_u16(self, duty=None):
        """Return or set the duty, 0-65535."""
        if duty is None:
            return self._duty
        self._duty = duty
        _world.settle()
        self._pin.net.pulses_from_esp(duty)
        return None

    def duty(self, duty=None):
        """Return or set the duty, 0-1023."""
        return self._duty >> 6 if duty is None else self.duty_u16(duty << 6)

    def deinit(self):
        """Let go of the pin."""
        self.duty_u16(0)
        self._pin.net.from_esp(None)


class ADC:
    """A channel of ADC1; the world's `analog_uv` says what is there, in uV or as a function of the time."""

    ATTN_0DB, ATTN_2_5DB, ATTN_6DB, ATTN_11DB = 0, 1, 2, 3

    def __init__(self, pin, atten=0):
        self._gpio = pin.gpio

    def read_uv(self):
        """Return uV in steps of 1 mV, clipped at 150 mV and 3.1 V."""
        _world.clock.charge(ADC_US)
        uv = _world.analog_uv.get(self._gpio, 0)
        if callable(uv):
            uv = uv(_world.clock.now_us())
        return max(150000, min(3100000, uv)) // 1000 * 1000

    def read_u16(self):
        """Return 0-65535 of 3.3 V."""
        return self.read_uv() * 65535 // 3300000


class Timer:
    """A virtual timer; its callback runs when the world ticks after the period."""

    ONE_SHOT, PERIODIC = 0, 1

    def __init__(self, id=-1, **options):
        if options:
            self.init(**options)

    def init(self, mode=1, period=1000, callback=None, freq=None):
        """Call `callback(timer)` every `period` ms."""
        self._period_us = 1000000 // freq if freq else period * 1000
        self._mode, self._callback = mode, callback
        self._due_us = _world.clock.now_us() + self._period_us
        if self not in _world.timers:
            _world.timers.append(self)

    def run(self, now_us):
        """Call back when due."""
        if now_us >= self._due_us:
            self._due_us = now_us + self._period_us
            if self._mode == self.ONE_SHOT:
                self.deinit()
            self._callback(self)

    def deinit(self):
        """Stop."""
        if self in _world.timers:
            _world.timers.remove(self)


class RTC:
    """Wall clock and the memory that outlives deep sleep."""

    def datetime(self, value=None):
        """Return (year, month, day, weekday, hours, minutes, seconds, us), or set it."""
        if value is not None:
            wall_s = time.mktime((value[0], value[1], value[2], value[4], value[5], value[6], 0, 1, -1))
            _world.rtc.set_us(int(wall_s) * 1000000 + value[7])
            return None
        now_us = _world.rtc.now_us()
        t = time.localtime(now_us // 1000000)
        return (t[0], t[1], t[2], t[6], t[3], t[4], t[5], now_us % 1000000)

    def memory(self, data=None):
        """Return or set up to 2048 bytes."""
        if data is None:
            return _world.rtc_memory
        if len(data) > 2048:
            raise ValueError("buffer too long")
        _world.rtc_memory = bytes(data)
        return None


class WDT:
    """The watchdog: cannot be stopped, a second one re-times it."""

    def __init__(self, id=0, timeout=5000):
        _world.watch(timeout * 1000)

    def feed(self):
        """Put the bite off."""
        _world.watch(None)


sleep_sources = []


def reset_cause():
    """Return why the ESP32 started."""
    return _world.reset_cause


def wake_reason():
    """Return what woke the ESP32 from deep sleep, 0 for nothing."""
    return _world.wake_reason


def reset():
    """Reset the ESP32."""
    _world.reset(HARD_RESET)


def soft_reset():
    """Restart the interpreter; pins keep their levels."""
    _world.reset(SOFT_RESET)


def deepsleep(time_ms=None):
    """Sleep until a wake source or `time_ms`; the ESP32 then starts anew."""
    _world.deepsleep(time_ms, list(sleep_sources))


def lightsleep(time_ms=None):
    """Sleep until a wake source or `time_ms`; then go on."""
    _world.lightsleep(time_ms, list(sleep_sources))


def idle():
    """Let 1 ms pass."""
    _world.clock.wait(1000)
    _world.tick()


def freq(hz=None):
    """Return or set the CPU frequency in Hz."""
    if hz is None:
        return _world.frequency_hz
    if hz not in (20000000, 40000000, 80000000, 160000000, 240000000):
        raise ValueError("frequency must be 20MHz, 40MHz, 80Mhz, 160MHz or 240MHz")
    _world.frequency_hz = hz
    return None


def unique_id():
    """Return the six bytes of this board's MAC."""
    return b"\x24\x6f\x28\x52\x4c\x01"
