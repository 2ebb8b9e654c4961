"""`zkm run --stats`: what it counts."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from zkm import api, machine
from zkm.isa.decode import KERNEL_BASE
from zkm.machine.counts import are_kernel_rows
from zkm.program import load

FIBONACCI = Path(__file__).parents[1] / "examples" / "guests" / "fibonacci" / "fibonacci.elf"


def test_rows_of_the_kernel_are_those_of_its_image() -> None:
    rows = load(FIBONACCI).rows
    kernel = are_kernel_rows(rows)
    first = rows.is_image_word()
    assert (kernel[first] == (rows.address[first] >= KERNEL_BASE)).all()
    # A micro row belongs to the word that it follows.
    assert (kernel[~first] == kernel[(~first).nonzero()[0] - 1]).all()
    assert kernel.any() and not kernel.all()


def test_statistics_are_those_of_the_run() -> None:
    exit_code, statistics = api.run_statistics(FIBONACCI, stdin=b"7")
    result = machine.run(load(FIBONACCI), b"7")
    assert exit_code == result.exit_code == 0
    assert (statistics.instructions, statistics.rows) == (result.instructions, result.rows)
    assert 0 < statistics.kernel_rows < statistics.rows
    of_instructions = {
        entry.name: entry.rows for entry in statistics.tables if entry.name in result.table_rows
    }
    assert of_instructions == result.table_rows
    total = statistics.total()
    assert total.cells == sum(entry.cells for entry in statistics.tables)

    console = Console(width=120)
    with console.capture() as capture:
        console.print(statistics.table())
    lines = capture.get().splitlines()
    share = 100 * statistics.kernel_rows / statistics.rows
    assert f"{share:.1f} % of them the kernel's" in lines[0]
    cells = [cell.strip() for cell in next(line for line in lines if "│ all" in line).split("│")]
    assert cells[2:4] == [f"{total.rows:,}", f"{total.cells:,}"]
    assert float(cells[4]) == round(total.cells / statistics.instructions, 2)
    assert float(cells[6]) == round(total.interactions / statistics.instructions, 2)
