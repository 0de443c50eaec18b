# SPDX-License-Identifier: MIT
"""The chips of each modelled board, wired to its nets: {"imu", "force", "haptic" and, where there is one, "gauge"}."""

from chips.drv2605l import Drv2605l
from chips.erm import Erm
from chips.fsr import Fsr
from chips.lra import Lra
from chips.lsm6dsox import Lsm6dsox
from chips.max17048 import Max17048
from chips.mpu6050 import Mpu6050
from chips.nau7802 import Nau7802


def thing_plus(world, imu, force):
    """Return the chips of the Thing Plus; `imu` and `force` are options of their models."""
    wiring, clock = world.wiring, world.clock
    int1, drdy = world.net(wiring["int1"]), world.net(wiring["drdy"])
    motor = Lra(world.motor_driven)
    haptic = Drv2605l(clock, wiring["haptic_chip"], world.net(wiring["haptic"]), motor, world.settle)
    int1.owner = Lsm6dsox(clock, wiring["imu"], world.samples, int1, haptic.vibration, **imu)
    drdy.owner = Nau7802(clock, wiring["force"], world.samples, drdy, **force)
    return {"imu": int1.owner, "force": drdy.owner, "haptic": haptic, "gauge": Max17048(clock, wiring["gauge"])}


def devkit_fsr(world, imu, force):
    """Return the parts of the bench board; `imu` and `force` are options of their models."""
    wiring, clock = world.wiring, world.clock
    motor = Erm(clock, world.net(wiring["haptic"]), world.motor_driven)
    sensor = Fsr(clock, world.samples, **force)
    world.analog_uv[wiring["fsr"]] = sensor.seen_uv
    return {"imu": Mpu6050(clock, wiring["imu"], world.samples, motor, **imu), "force": sensor, "haptic": motor}


POPULATION = {"thing_plus": thing_plus, "devkit_fsr": devkit_fsr}
