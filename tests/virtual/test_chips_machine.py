# SPDX-License-Identifier: MIT
"""The fake `machine`, the nets and the world: what the firmware's board file stands on."""

import io
import json

import pytest
from fakes.board_rig import HaltError, Rig, machine, moving_rows, sample_bytes, sample_file
from samples import FORCE_UNKNOWN, SampleFile
from world import World


def test_bus_lists_the_chips_and_only_on_its_pins():
    rig = Rig()
    assert rig.i2c().scan() == [0x2A, 0x36, 0x5A, 0x6A]
    assert machine.I2C(0, scl=machine.Pin(21), sda=machine.Pin(22)).scan() == []


def test_missing_chip_and_fault_hook():
    rig = Rig()
    bus = rig.i2c()
    with pytest.raises(OSError, match="19"):
        bus.readfrom_mem(0x50, 0, 1)
    asked = []

    def fault(address, reg, length, is_write):
        asked.append((address, reg, length, is_write))
        return 116

    rig.world.bus_fault = fault
    start_us = rig.clock.now_us()
    with pytest.raises(OSError, match="116"):
        bus.writeto_mem(0x6A, 0x10, b"\x50")
    assert asked == [(0x6A, 0x10, 1, True)]
    assert rig.clock.now_us() - start_us == 680 + 5000  # the transfer and the bus timeout


def test_transfers_take_their_time():
    rig = Rig()
    bus = rig.i2c()
    start_us = rig.clock.now_us()
    bus.readfrom_mem(0x6A, 0x78, 28)
    assert rig.clock.now_us() - start_us == 680 + 20 * 23


def test_plain_reads_go_on_where_the_pointer_stands():
    bus = Rig().i2c()
    bus.writeto(0x6A, b"\x0f")
    assert bus.readfrom(0x6A, 1) == b"\x6c"
    bus.writeto(0x6A, b"\x10\x58")
    assert bus.readfrom_mem(0x6A, 0x10, 1) == b"\x58"


def test_pins():
    rig = Rig()
    pin = machine.Pin(13, machine.Pin.OUT, value=1)
    assert machine.Pin(13) is pin
    assert pin.value() == 1
    assert rig.notes == [(0, "led", 1)]
    assert machine.Pin(27, machine.Pin.IN).value() == 1  # the board's pull-up
    assert machine.Pin(32, machine.Pin.IN, machine.Pin.PULL_UP)() == 1
    assert machine.Pin(33, machine.Pin.IN)() == 0
    with pytest.raises(ValueError, match="invalid"):
        machine.Pin(24)
    with pytest.raises(ValueError, match="input"):
        machine.Pin(34, machine.Pin.OUT)


def test_pin_interrupt_at_the_asked_edge():
    rig = Rig()
    seen = []
    machine.Pin(27, machine.Pin.IN).irq(lambda pin: seen.append(pin.value()), machine.Pin.IRQ_FALLING)
    rig.world.press(True)
    rig.world.press(False)
    assert seen == [0]


def test_qwiic_supply_hangs_on_gpio_0():
    rig = Rig()
    bus = rig.i2c()
    bus.writeto_mem(0x6A, 0x10, b"\x58")
    pin = machine.Pin(0, machine.Pin.OUT, value=0)
    assert bus.scan() == [0x36]
    pin.value(1)
    assert bus.readfrom_mem(0x6A, 0x10, 1) == b"\x00"


def test_adc_and_pwm():
    rig = Rig()
    rig.world.analog_uv[34] = 1234567
    assert machine.ADC(machine.Pin(34)).read_uv() == 1234000
    pwm = machine.PWM(machine.Pin(14, machine.Pin.OUT), freq=1000, duty_u16=0)
    pwm.duty(512)
    assert pwm.duty_u16() == 32768
    assert rig.world.level(14) == 1
    pwm.deinit()
    assert rig.world.level(14) == 0


def test_timer_runs_when_the_world_ticks():
    rig = Rig()
    runs = []
    timer = machine.Timer(0, period=10, callback=runs.append)
    for _ in range(10):
        machine.idle()
        machine.idle()
        rig.sleep_ms(8)
    assert len(runs) in (8, 9)
    timer.deinit()
    rig.sleep_ms(50)
    machine.idle()
    assert len(runs) in (8, 9)


def test_resets_tell_their_cause():
    rig = Rig()
    for call, expected, cause in ((machine.reset, ("reset", 2), 2), (machine.soft_reset, ("soft_reset",), 5)):
        with pytest.raises(HaltError) as halt:
            call()
        assert halt.value.args == expected
        assert rig.world.save()["cause"] == cause


def test_unknown_board_is_named():
    with pytest.raises(ValueError, match="thing_plus"):
        World("toaster", None)


def test_frequency():
    Rig()
    machine.freq(80000000)
    assert machine.freq() == 80000000
    with pytest.raises(ValueError, match="MHz"):
        machine.freq(123)


def test_rtc_memory_and_clock_survive_a_reset():
    rig = Rig()
    rtc = machine.RTC()
    rtc.memory(b"kept")
    rtc.datetime((2026, 7, 5, 6, 12, 30, 15, 250000))
    rig.sleep_ms(61000)
    saved = json.loads(json.dumps(rig.world.save()))
    again = Rig()
    again.world.restore(saved)
    assert machine.RTC().memory() == b"kept"
    assert machine.RTC().datetime() == (2026, 7, 5, 6, 12, 31, 16, 250000)


def test_a_clock_that_runs_fast_does_so_over_a_reset_too():
    rig = Rig()
    machine.RTC().datetime((2026, 7, 5, 6, 12, 30, 15, 0))
    rig.world.rtc.run_fast(3000)
    rig.sleep_ms(1000_000)
    saved = json.loads(json.dumps(rig.world.save()))
    again = Rig()
    again.world.restore(saved)
    again.sleep_ms(1000_000)
    assert machine.RTC().datetime() == (2026, 7, 5, 6, 13, 3, 41, 0)


def test_chips_keep_their_state_over_a_reset():
    """A world saved and restored goes on exactly as one that was never reset."""
    data = sample_bytes(moving_rows(1000))

    def run(reset):
        rig = Rig(SampleFile(io.BytesIO(data)))
        board = rig.board()
        board.start()
        board.fetch()
        rig.sleep_ms(300)
        if reset:
            saved = json.loads(json.dumps(rig.world.save()))
            now_us = rig.clock.now_us()
            rig = Rig(SampleFile(io.BytesIO(data)))
            rig.clock.charge(now_us)
            rig.world.restore(saved)
        rig.sleep_ms(100)
        bus = rig.i2c()
        return [bus.readfrom_mem(0x6A, 0x78, 700), bus.readfrom_mem(0x2A, 0, 0x20), bus.readfrom_mem(0x5A, 0, 0x23)]

    assert run(False) == run(True)


def test_reset_lets_the_pins_go_and_a_soft_reset_does_not():
    rig = Rig()
    machine.Pin(13, machine.Pin.OUT, value=1)
    saved = rig.world.save(keep_pins=True)
    assert rig.world.level(13) == 1
    again = Rig()
    again.world.restore(saved)
    assert again.world.level(13) == 1
    rig.world.save()
    assert rig.world.level(13) == 0


@pytest.mark.parametrize("soft", [True, False])
def test_a_watchdog_runs_on_in_a_soft_reset_and_ends_with_a_hard_one(soft):
    rig = Rig()
    machine.WDT(timeout=3000)
    rig.sleep_ms(1000)
    saved = json.loads(json.dumps(rig.world.save(keep_pins=soft)))
    again = Rig()
    again.clock.after_wait = again.world.tick
    again.world.restore(saved)
    again.sleep_ms(1999)
    if soft:
        with pytest.raises(HaltError, match="reset"):
            again.sleep_ms(2)
    else:
        again.sleep_ms(9000)


def test_a_second_watchdog_times_the_first_one_anew():
    rig = Rig()
    rig.clock.after_wait = rig.world.tick
    machine.WDT(timeout=2000)
    machine.WDT(timeout=86400000)
    rig.sleep_ms(80000000)
    machine.WDT(timeout=2000)
    with pytest.raises(HaltError, match="reset"):
        rig.sleep_ms(2001)


def test_samples_are_linear_between_rows_and_held_outside():
    out = [0] * 7
    samples = sample_file([[0, 100, -100, 10, 0, 0, 1000], [1000, 200, -300, 30, 0, 0, 3000]], rate_mhz=100000)
    samples.at(0, out)
    assert out == [0, 100, -100, 0, 0, 0, 1000]
    samples.start(50000)
    samples.start(90000)  # only the first counts
    samples.at(55000, out)
    assert out == [500, 150, -200, 20, 0, 0, 2000]
    samples.at(40000, out)
    assert out == [0, 100, -100, 0, 0, 0, 1000]
    samples.at(70000, out)
    assert out == [1000, 200, -300, 0, 0, 0, 3000]
    assert samples.end_us() == 60000


def test_unknown_force_is_not_interpolated():
    out = [0] * 7
    samples = sample_file([[0] * 6 + [FORCE_UNKNOWN], [0] * 6 + [1000], [0] * 6 + [FORCE_UNKNOWN]], rate_mhz=100000)
    samples.start(0)
    forces = []
    for t_us in (0, 5000, 10000, 15000, 20000):
        samples.at(t_us, out)
        forces.append(out[6])
    assert forces == [FORCE_UNKNOWN, FORCE_UNKNOWN, 1000, 1000, FORCE_UNKNOWN]


def test_samples_read_in_both_directions_agree_with_the_rows():
    rows = moving_rows(500)
    samples = sample_file(rows, rate_mhz=1000000)
    samples.start(0)
    out = [0] * 7
    order = [(k * 37) % 499 for k in range(1, 400)]
    for k in [*order, *range(1, 498)]:
        samples.at(k * 1000, out)
        assert out == rows[k]


def test_two_chips_that_look_60_ms_apart_share_one_window():
    class Counted(io.BytesIO):
        reads = 0

        def readinto(self, buffer):
            self.reads += 1
            return super().readinto(buffer)

    stream = Counted(sample_bytes(moving_rows(480), rate_mhz=208000))
    samples = SampleFile(stream)
    samples.start(0)
    out = [0] * 7
    for k in range(14, 450):
        samples.at(k * 4808, out)
        samples.at(k * 4808 - 60000, out)
    assert stream.reads < 20


@pytest.mark.parametrize("data", [b"", b"RSMP", b"XXXX" + bytes(12), sample_bytes([[0] * 7])[:8] + bytes(8)])
def test_no_sample_file(data):
    with pytest.raises(ValueError, match="sample file"):
        SampleFile(io.BytesIO(data))


def test_sample_file_cut_short_holds_its_last_row():
    data = sample_bytes(moving_rows(100), rate_mhz=1000000)
    samples = SampleFile(io.BytesIO(data[: 16 + 32 * 60 + 7]))
    samples.start(0)
    out = [0] * 7
    for k in range(100):
        samples.at(k * 1000, out)
    assert out[:3] == moving_rows(60)[59][:3]
