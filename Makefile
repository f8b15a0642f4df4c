# Needs Python 3.11 to 3.14, make and a shell; everything else is installed into .venv from the lock files.
#   make demo    the hub at work, with simulated recipients (ONCE=1: end when all is settled)
#   make up      the hub on this machine
#   make test    every test, on the real parts (TESTS="tests/local -k kill": some of them)
#   make chaos   the chaos tests, and rounds of everything at once at full size (CHAOS="--seed 7 --minutes 20")
#   make bench   how fast it is
#   make lint    style, types, layers
#   make lock    the lock files again, from pyproject.toml

TESTS ?= tests
BENCH ?=
CHAOS ?=
UV = env -u PIP_FIND_LINKS -u UV_FIND_LINKS -u UV_INDEX_URL -u UV_DEFAULT_INDEX .venv/bin/uv
COMPILE = $(UV) pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
          --no-emit-index-url --no-annotate --no-header
MADE_FROM = pyproject.toml infra/bootstrap/environment.py infra/bootstrap/pip.sha256

.PHONY: demo up test chaos bench lint lock clean

demo: .venv/runtime.stamp
	@.venv/bin/tuo demo $(if $(ONCE),--once)

up: .venv/runtime.stamp
	@.venv/bin/tuo up

test: .venv/dev.stamp
	.venv/bin/python -m pytest $(TESTS)

chaos: .venv/dev.stamp
	.venv/bin/python -m pytest tests/chaos
	.venv/bin/python -m tests.chaos $(CHAOS)

bench: .venv/dev.stamp
	.venv/bin/python -m tests.bench $(BENCH)

lint: .venv/dev.stamp
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

lock: .venv/dev.stamp
	$(COMPILE) --group install -o infra/locks/runtime.txt
	$(COMPILE) --group install --group dev -o infra/locks/dev.txt
	.venv/bin/python infra/locks/lock_kafka.py hub/local/kafka.lock

clean:
	rm -rf .venv .tuo build

.venv/runtime.stamp: infra/locks/runtime.txt $(MADE_FROM)
	@python=$$(sh infra/bootstrap/find-python) && "$$python" infra/bootstrap/environment.py runtime

.venv/dev.stamp: infra/locks/dev.txt $(MADE_FROM)
	@python=$$(sh infra/bootstrap/find-python) && "$$python" infra/bootstrap/environment.py dev
