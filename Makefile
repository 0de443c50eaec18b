# Massage roller. `make help` lists the targets; the first one that runs makes the environment it needs.
PY := .venv/bin/python
ROLLER := .venv/bin/roller
PYTEST := $(PY) -m pytest
TYPINGS := .cache/typings/.done

.DEFAULT_GOAL := help
.PHONY: help demo test test-exhaustive mutants bench sweep latency docs hardware check clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

demo: .venv/.done ## a modelled hand rolls on the virtual board: strokes found next to strokes made, and a report
	$(ROLLER) demo --out out/demo $(if $(CI),--no-open)

test: .venv/.done ## every test that ends within 5 minutes
	$(PYTEST) -n 2 --dist loadfile -m "not exhaustive"

test-exhaustive: .venv/.done ## the long sweeps, too
	$(PYTEST) -n 2 --dist loadfile

mutants: .venv/.done ## the detector's guards broken one by one: those whose loss no test notices
	$(PY) tests/mutants.py

bench: .venv/.done ## steps, bytes of a log, heap, real hands, wear, latency, alarms with a trace, deploys: printed, never asserted
	$(PY) tests/bench.py
	$(PY) tests/firmware/heap_report.py
	$(PY) tests/real_recordings.py
	$(PY) tests/bench_flash.py
	$(PY) tests/bench_link.py
	$(PY) tests/trace_ring.py
	$(PY) tests/latency.py
	$(PY) tests/alarms.py
	$(PY) tests/bench_deploy.py

sweep: .venv/.done ## faults on the control path: when the motor was off; 6 h of the clock; a boot from any flash: never a brick
	$(PY) tests/firmware/motor_sweep.py
	$(PY) tests/firmware/bus_sweep.py
	$(PY) tests/firmware/clock_sweep.py
	$(PY) tests/firmware/boot_sweep.py

latency: .venv/.done ## from the force word in the chip to the motor command, over a million samples
	$(PY) tests/latency.py 1000000

docs: .venv/.done ## the pages of the docs that are made from the code
	$(PY) -m rolltools.log_page host_tools/docs/session-log.md
	$(PY) -m rolltools.states_page host_tools/docs/states.md
	$(PY) -m rolltools.doctor_page host_tools/docs/doctor.md
	$(PY) -c "from rolltools.board_settings import page; print(page(), end='')" > host_tools/docs/settings.md
	$(PY) -c "from rolltools.expectations import page; print(page(), end='')" > host_tools/docs/readings.md
	$(PY) -m rolltools.power_page hardware/currents.toml hardware/docs/power.md
	$(PY) tests/e2e/link_faults.py host_tools/docs/link-faults.md

hardware: .venv/.hardware ## wiring, schematic, enclosure made anew and checked; fails when a made file was stale
	PYTHONPATH=hardware $(PY) -m rollhardware $(ONLY)

check: .venv/.done $(TYPINGS) ## style and types: firmware against MicroPython's stubs, tools against CPython
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/mypy --config-file .ci/mypy-firmware.ini

clean: ## remove what was made, the environment included
	rm -rf .venv .cache out build dist .pytest_cache .mypy_cache .ruff_cache

.venv/.done: pyproject.toml .ci/environment
	sh .ci/environment
	@touch $@

.venv/.hardware: .venv/.done .ci/hardware
	sh .ci/hardware
	@touch $@

$(TYPINGS): pyproject.toml .venv/.done
	$(PY) -m pip install -q --no-deps --upgrade --target .cache/typings \
	  micropython-esp32-stubs==1.29.0.post1 micropython-stdlib-stubs==1.29.0.post2
	@touch $@
