"""Makes `.venv` from a lock file. Runs on a bare Python: neither pip nor ensurepip has to be there.

`python environment.py runtime` (or `dev`). Does nothing where the environment is already that of the lock.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ENVIRONMENT = ROOT / ".venv"
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
# Without pip's line for every package of the lock that is meant for another system, of which there are some two hundred.
QUIETER_PIP = """
import logging, runpy
logging.getLogger("pip._internal.resolution.resolvelib.factory").setLevel(logging.WARNING)
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""


def main(lock_name: str) -> None:
    """Bring `.venv` to `infra/locks/<lock_name>.txt` and the project itself."""
    lock = ROOT / "infra" / "locks" / f"{lock_name}.txt"
    stamp = ENVIRONMENT / f"{lock_name}.stamp"
    wanted = digest_of(lock, ROOT / "pyproject.toml", HERE / "pip.sha256")
    if not stamp.is_file() or stamp.read_text() != wanted or not works():
        install(lock)
        stamp.write_text(wanted)
    stamp.touch()


def install(lock: Path) -> None:
    """pip from the wheel beside this file, then exactly what the lock names, then the project."""
    pip = checked_pip()
    if not works():
        print(f"Making .venv with {sys.executable} (Python {sys.version.split()[0]})", flush=True)
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        run(sys.executable, "-m", "venv", "--without-pip", str(ENVIRONMENT))
    run(str(PYTHON), str(pip / "pip"), "install", "--quiet", "--no-index", "--no-deps", str(pip))
    print(f"Installing what {lock.relative_to(ROOT)} names, every file checked by its sha256", flush=True)
    run_pip("install", "--require-hashes", "--no-deps", "--no-compile", "--progress-bar", "on", "-r", str(lock))
    run_pip("install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    print("Compiling it, so that every start is quick", flush=True)
    subprocess.run([str(PYTHON), "-m", "compileall", "-q", "-j", "0", str(ENVIRONMENT / "lib")], check=False, stdout=subprocess.DEVNULL)


def checked_pip() -> Path:
    """The committed pip wheel. Ends the program where it is not the one whose sha256 is committed with it."""
    expected, name = (HERE / "pip.sha256").read_text().split()
    wheel = HERE / name
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != expected:
        sys.exit(f"{wheel} is not the file it should be (sha256 {found}, expected {expected}): check it out again.")
    return wheel


def works() -> bool:
    """Whether `.venv` has a Python that runs."""
    return PYTHON.exists() and subprocess.run([str(PYTHON), "-c", ""], check=False).returncode == 0


def digest_of(*files: Path) -> str:
    """One digest of the content of `files`."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def run_pip(*arguments: str) -> None:
    """Run the environment's own pip; it asks nothing and does not look for news of itself."""
    run(str(PYTHON), "-c", QUIETER_PIP, "--no-input", "--disable-pip-version-check", *arguments)


def run(*command: str) -> None:
    """Run a command; end the program with a sentence where it fails."""
    if subprocess.run(command, check=False, cwd=ROOT).returncode:
        sys.exit("The environment could not be made; the lines above say why. Run make again once that is put right.")


if __name__ == "__main__":
    main(sys.argv[1])
