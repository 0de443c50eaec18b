# SPDX-License-Identifier: MIT
"""asyncio on the virtual board: MicroPython's own asyncio over our queue does what it does over the built-in one."""

import subprocess
import sys
import textwrap

import pytest
from fakes import board_rig  # noqa: F401 - puts the modelled board's modules on the path

from rolltools.virtual.board import DEVICE_DIR

PROGRAM = """
import sys
if OURS:
    sys.path.append(DEVICE)
    import task_queue
    sys.modules["_asyncio"] = task_queue
import asyncio, time

log = []

async def ticker(name, every_ms, count):
    for i in range(count):
        await asyncio.sleep_ms(every_ms)
        log.append((name, i))
    return name

async def forever():
    try:
        while True:
            await asyncio.sleep_ms(1)
    except asyncio.CancelledError:
        log.append("cancelled")
        raise

async def fails():
    await asyncio.sleep_ms(1)
    raise ValueError("on purpose")

async def cancelled_in_a_chain():
    inner = asyncio.create_task(forever())
    outer = asyncio.create_task(wait_on(inner))
    await asyncio.sleep_ms(5)
    outer.cancel()
    try:
        await outer
    except asyncio.CancelledError:
        log.append("outer cancelled")
    log.append(("inner done", inner.done()))

async def wait_on(task):
    await task

async def main():
    log.append(await asyncio.gather(ticker("a", 60, 3), ticker("b", 80, 2)))
    try:
        await asyncio.gather(fails(), forever())
    except ValueError as error:
        log.append(str(error))
    try:
        await asyncio.wait_for_ms(ticker("slow", 1000, 1), 10)
    except asyncio.TimeoutError:
        log.append("timeout")
    task = asyncio.create_task(ticker("d", 1, 1))
    log.append((task.done(), await task, task.done(), task.cancel()))
    try:
        asyncio.current_task().cancel()
    except RuntimeError as error:
        log.append(str(error))
    await cancelled_in_a_chain()
    event, lock = asyncio.Event(), asyncio.Lock()
    async def setter():
        async with lock:
            event.set()
    asyncio.create_task(setter())
    await event.wait()
    log.append("event")
    order = []
    async def note(i):
        order.append(i)
    await asyncio.gather(*[note(i) for i in range(6)])
    log.append(order)

asyncio.run(main())
print(log)
"""


def run(vm64, ours):
    program = f"OURS = {ours}\nDEVICE = {str(DEVICE_DIR)!r}\n" + textwrap.dedent(PROGRAM)
    done = subprocess.run([*vm64, "-c", program], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_does_what_the_built_in_queue_does(vm64):
    ours = run(vm64, True)
    assert ours == run(vm64, False)
    assert "on purpose" in ours and "timeout" in ours and "outer cancelled" in ours
    assert "[('a', 0), ('b', 0), ('a', 1)" in ours


@pytest.fixture
def queue(monkeypatch):
    """Return our queue over the board's modelled time."""
    rig = board_rig.Rig()
    monkeypatch.setitem(sys.modules, "time", rig.time)
    monkeypatch.delitem(sys.modules, "task_queue", raising=False)
    import task_queue

    yield task_queue.TaskQueue(), rig.clock
    sys.modules.pop("task_queue", None)


class Task:
    data = ph_key = None


def test_tasks_come_in_the_order_in_which_they_are_due_first_in_first_out(queue):
    tasks, _ = queue
    made = [Task() for _ in range(5)]
    for task, due in zip(made, (30, 10, 20, 10, 10), strict=True):
        tasks.push(task, due)
    tasks.remove(made[4])
    assert [made.index(tasks.pop()) for _ in range(4)] == [1, 3, 2, 0]
    assert tasks.peek() is None


def test_the_order_holds_over_the_wrap_of_the_ticks(queue):
    tasks, _ = queue
    early, late = Task(), Task()
    tasks.push(late, 5)
    tasks.push(early, (1 << 30) - 5)
    assert tasks.pop() is early and tasks.pop() is late


def test_a_task_without_a_time_is_due_now(queue):
    tasks, clock = queue
    clock.charge(123_000)
    task = Task()
    tasks.push(task)
    assert task.ph_key == 123 and task.data is None
