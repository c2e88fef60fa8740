"""What is missing on this machine before the product can run, be checked or be tested? Install that, and only that.

    python3 -m tools.prepare run      system packages to run, the virtual environment, the catalogue
    python3 -m tools.prepare check    the virtual environment with the tools for checking, the catalogue
    python3 -m tools.prepare test     all of it, Chromium and PostgreSQL

Where nothing is missing it takes a fraction of a second and needs neither root
nor network. Only the standard library: this runs before anything is installed.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys

from tools.steps import ROOT, Stopped, say, step

VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"

SYSTEM_PACKAGES = {
    "run": ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-noto-cjk"),
    "check": (),
    "test": (
        "chromium-headless-shell",
        "libatomic1",
        "opensc",
        "postgresql",
        "postgresql-common",
        "poppler-utils",
        "softhsm2",
    ),
    "bench": ("wrk",),
}
#: For each purpose, whose packages it needs and which locks it installs.
NEEDS = {
    "run": (("run",), ("requirements.txt",)),
    "check": (("check",), ("requirements.txt", "requirements-dev.txt")),
    "test": (("run", "test"), ("requirements.txt", "requirements-dev.txt")),
    "bench": (("run", "bench"), ("requirements.txt", "requirements-dev.txt", "requirements-bench.txt")),
}
#: The pip that installs all the rest: the one that comes with Python 3.11 takes twice as long.
PIP = "requirements-pip.txt"
HOW_TO_INSTALL = ("--no-deps", "--only-binary=:all:", "--require-hashes", "--no-compile")


def main(purpose: str) -> None:
    """Make the machine ready for one purpose."""
    packages, locks = NEEDS[purpose]
    ensure_system_packages([name for group in packages for name in SYSTEM_PACKAGES[group]] + _venv_package())
    ensure_venv()
    installed = [ensure_locked(lock) for lock in (PIP, *locks)]
    if any(installed):
        compile_packages()
    ensure_catalogue()


# --- system packages ---


def ensure_system_packages(wanted: list[str]) -> None:
    """Install the Debian packages that are not there.

    Raises: Stopped naming exactly the packages to ask for, where nobody here is root.
    """
    if shutil.which("dpkg-query") is None:
        say(f"This is no Debian: the product relies on what Debian calls {' '.join(wanted)}. Going on without a check.")
        return
    missing = [name for name in wanted if not _is_installed(name)]
    if not missing:
        return
    as_root = _as_root(missing)
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"]
    advice = f"Ask for these packages, then run the same command again:\n    apt-get install {' '.join(missing)}"
    step("list of system packages", [*apt, "update"], advice=advice)
    step(
        f"system packages: {' '.join(missing)}",
        [*apt, "install", "-y", "--no-install-recommends", *missing],
        advice=advice,
    )


def _is_installed(package: str) -> bool:
    question = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]
    asked = subprocess.run(question, capture_output=True, text=True, check=False)
    return asked.stdout == "installed"


def _as_root(missing: list[str]) -> list[str]:
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _sudo_answers():
        return ["sudo"]
    raise Stopped(
        f"System packages are missing, and installing them needs root.\n"
        f"Ask an administrator of this machine for exactly these, then run the same command again:\n"
        f"    apt-get install --no-install-recommends {' '.join(missing)}"
    )


def _sudo_answers() -> bool:
    """Whether sudo lets us; it may ask for the password where a person sits at the terminal."""
    if sys.stdin.isatty():
        return subprocess.run(["sudo", "-v"], check=False).returncode == 0
    return subprocess.run(["sudo", "-n", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0


def _venv_package() -> list[str]:
    """What Debian leaves out of its Python: without it no virtual environment can be made."""
    if importlib.util.find_spec("ensurepip") or VENV_PYTHON.exists():
        return []
    if not sys.executable.startswith("/usr/bin/"):
        raise Stopped(f"{sys.executable} comes without ensurepip. Name another: make PYTHON=/usr/bin/python3 run")
    return [f"python{sys.version_info.major}.{sys.version_info.minor}-venv"]


# --- Python packages ---


def ensure_venv() -> None:
    """Make .venv, or make it anew where it was moved or its Python is gone."""
    if VENV.exists() and not _is_usable():
        say("The virtual environment was made elsewhere or its Python is gone: making it anew.")
        VENV.unlink() if VENV.is_symlink() else shutil.rmtree(VENV)
    if not VENV.exists():
        step(
            "virtual environment", [sys.executable, "-m", "venv", VENV], advice=f"Is there room on the disk of {VENV}?"
        )


def _is_usable() -> bool:
    try:
        asked = subprocess.run(
            [VENV_PYTHON, "-c", "import pip, sys; print(sys.prefix)"], capture_output=True, text=True, check=False
        )
    except OSError:
        return False
    return asked.returncode == 0 and _scripts_are_ours()


def _scripts_are_ours() -> bool:
    """A copied tree brings scripts along that start the Python of the original."""
    first_line = (VENV / "bin" / "pip").read_bytes().split(b"\n", 1)[0]
    return str(VENV).encode() in first_line


def ensure_locked(lock: str) -> bool:
    """Install what a lock names, hash by hash, unless exactly this lock was installed before; whether it was not."""
    stamp = VENV / f"installed-{lock}"
    content = (ROOT / lock).read_bytes()
    mark = hashlib.sha256(content).hexdigest()
    if stamp.exists() and stamp.read_text() == mark:
        return False
    step(
        f"Python packages of {lock}, {content.count(b'==')} in all",
        [VENV_PYTHON, "-m", "pip", "install", *HOW_TO_INSTALL, "-r", lock],
        advice="Is the network there? A hash that does not match means a changed package: do not go around it.",
        env={"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )
    stamp.write_text(mark)
    return True


def compile_packages() -> None:
    """Compile what was installed, on every processor; pip would do it on one."""
    step(
        "byte code of the packages",
        [VENV_PYTHON, "-m", "compileall", "-q", "-j", "0", VENV / "lib"],
        advice=f"Is there room on the disk of {VENV}?",
    )


def ensure_catalogue() -> None:
    """Compile the Chinese words where they are newer than what was compiled."""
    source = next((ROOT / "translations").rglob("messages.po"))
    compiled = source.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
        return
    step(
        "catalogue of Chinese words",
        [VENV_PYTHON, "-m", "tools.catalogue", "compile"],
        advice="Say `git checkout translations` if the catalogue was edited by hand.",
    )


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in NEEDS:
        raise SystemExit(__doc__)
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        raise Stopped("Stopped. Run the same command again to go on from here.") from None
