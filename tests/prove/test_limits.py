"""Programs and runs that are too large name the smallest parameter set that fits, before proving starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.program.elf_file import READ, ElfFile, Load
from zkm import api
from zkm.errors import ParameterError, ProgramError
from zkm.params import LARGE, SMALL, TINY, ParameterSet
from zkm.prove import limits

SHA256 = Path(__file__).parents[2] / "examples" / "guests" / "sha256" / "sha256.elf"

EXIT = bytes.fromhex("24020fa1 0000000c")
"""li v0, 4001; syscall"""


def elf_with(data: int) -> bytes:
    """A program that ends at once, with so many bytes of data."""
    contents = bytes(range(1, 5)) * (data // 4)
    return ElfFile(loads=[Load(0x400000, EXIT), Load(0x10000000, contents, READ)]).build()


@pytest.mark.parametrize(
    ("params", "data", "message"),
    [
        (TINY, 1 << 18, r"PROGRAM needs 2\^17 rows; the parameter set 'tiny' allows 2\^16; use .* 'small'"),
        (TINY, 1 << 22, r"PROGRAM needs 2\^21 rows; the parameter set 'tiny' allows 2\^16; use .* 'large'"),
        (SMALL, 1 << 22, r"PROGRAM needs 2\^21 rows; the parameter set 'small' allows 2\^20; use .* 'large'"),
        (LARGE, (1 << 26) - 16, "more than 16,777,216 words and rows, and no parameter set fits"),
    ],
)
def test_a_program_too_large_by_itself(
    monkeypatch: pytest.MonkeyPatch, params: ParameterSet, data: int, message: str
) -> None:
    """No verb of the api starts to run it, or asks for keys."""
    monkeypatch.setattr(limits, "trace", lambda *_, **__: pytest.fail("it ran"))
    monkeypatch.setattr(api, "load_keys", lambda *_, **__: pytest.fail("keys were loaded"))
    elf = elf_with(data)
    for verb in (api.prove, api.program_key, api.run_statistics):
        with pytest.raises((ParameterError, ProgramError), match=message):
            verb(elf, params=params)


def test_a_program_that_fits_is_run() -> None:
    exit_code, statistics = api.run_statistics(elf_with(1 << 21), params=SMALL)
    assert exit_code == 0
    assert statistics.slots <= SMALL.slots


def test_a_run_with_too_many_rows() -> None:
    message = r"sha256.elf: MOVE needs 2\^17 rows; .*'tiny'.*2\^16; use .*'small'"
    with pytest.raises(ParameterError, match=message):
        api.run_statistics(SHA256, stdin=bytes(5000), params=TINY)
    assert api.run_statistics(SHA256, stdin=bytes(5000), params=SMALL)[1].rows > 300_000


def test_a_run_with_too_many_cells() -> None:
    """No table is too long for `tiny`, all together are too much for its slots."""
    message = r"sha256.elf: [\d,]+ cells do not fit the 8 slots .*'tiny'; use .*'small'"
    with pytest.raises(ParameterError, match=message):
        api.run_statistics(SHA256, stdin=bytes(2400), params=TINY)


def test_proving_starts_with_a_run_that_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "load_keys", lambda *_, **__: None)
    monkeypatch.setattr(api, "prove_core", lambda *_, **__: pytest.fail("proving started"))
    with pytest.raises(ParameterError, match="use the parameter set 'small'"):
        api.prove(SHA256, stdin=bytes(5000), params=TINY)
