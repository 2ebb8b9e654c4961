"""What the contracts cost: measured on Anvil, and the tables of docs/contracts.md.

`python -m tests.contract.gas` writes the tables; a test compares them with new measurements.
"""

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from eth_abi import encode

from tests.contract.chain import ROOT, Contract, compile_contracts, connect, intrinsic_gas
from tests.contract.example import Prover
from zkm.chain.anvil import Anvil
from zkm.contract.calldata import batch_calldata, verify_calldata
from zkm.contract.generate import CONTRACT, contract_source

PAGE = ROOT / "docs" / "contracts.md"
MARKS = re.compile(r"(<!-- gas -->\n).*?(<!-- end -->)", re.DOTALL)
SLOTS = (4, 5, 6, 8)
BATCHES = (1, 2, 4, 8, 16)
SMALLEST = 4
"""Slots of the smallest proof: two of the program, one of the witness, one mask."""
GAS = 8_000_000


@dataclass(frozen=True)
class BySlots:
    """Gas of proofs with some number of slots; `settle` is a whole transaction.

    Attributes:
        verify: execution of `verify`, without the transaction and its calldata.
        first, later: the first settlement of a program, and each later one.
        routed_first, routed_later: the same behind a router.
    """

    slots: int
    size: int
    verify: int
    first: int
    later: int
    routed_first: int
    routed_later: int


@dataclass(frozen=True)
class ByCount:
    """Gas per statement of `settleBatch` as a whole transaction, all of one program or each of its own."""

    count: int
    one_program: int
    own_programs: int


@dataclass(frozen=True)
class Figures:
    """Everything that the page shows."""

    slots: list[BySlots]
    batches: list[ByCount]
    calls: dict[str, int]


class Bench:
    """Deployed contracts, and transactions that must succeed."""

    def __init__(self, web3, prover):
        self.prover = prover
        self._fresh = 0
        compiled = compile_contracts(contract_source(prover.description))

        def deploy(name, types=(), values=()):
            return Contract(web3, *compiled[name][:2], encode(types, values))

        self.verifier = deploy(CONTRACT)
        account = self.verifier.account
        self.router = deploy("VerifierRouter", ["address", "bool"], [account, True])
        self.add = self.gas(self.router, self.router.encode("addVerifier(address)", self.verifier.address))
        self.settlement = deploy("Settlement", ["address"], [self.verifier.address])
        self.routed = deploy("Settlement", ["address"], [self.router.address])

    def gas(self, contract, data):
        """Gas of a whole transaction."""
        receipt = contract.transact(data, GAS)
        assert receipt.status == 1, contract.call(data, GAS)
        return receipt.gasUsed

    def prove(self, slots=SMALLEST, seed=0):
        """A new statement of 32 bytes, none of them zero; equal seeds and slots are one program."""
        self._fresh += 1
        output = bytes(1 + (self._fresh + i) % 255 for i in range(32))
        return self.prover.prove(slots, output=output, seed=seed)

    def slots(self, slots):
        first, later, routed, again = (self.prove(slots, seed=slots) for _ in range(4))
        data = verify_calldata(*first)
        verify = self.gas(self.verifier, data) - intrinsic_gas(data)
        settle = lambda contract, entry: self.gas(contract, verify_calldata(*entry, "settle"))  # noqa: E731
        return BySlots(
            slots,
            len(first[1]),
            verify,
            settle(self.settlement, first),
            settle(self.settlement, later),
            settle(self.routed, routed),
            settle(self.routed, again),
        )

    def batch(self, count):
        def per_statement(seeds):
            claims = [self.prove(seed=seed) for seed in seeds]
            data = batch_calldata(claims, "settleBatch")
            return round(self.gas(self.settlement, data) / count)

        one = [1000 + count] * count
        own = [10_000 + 100 * count + i for i in range(count)]
        return ByCount(count, per_statement(one), per_statement(own))

    def calls(self):
        """Other calls, as whole transactions."""
        old, new = bytes(31) + b"\1", bytes(31) + b"\2"
        statement, proof = self.prover.prove(SMALLEST, exit_code=0, output=old + new, seed=7)
        key = statement.program_vkey
        register = self.settlement.encode(
            "registerProgram(bytes32,string,string,bool,bytes32)",
            *(key, "a name", "https://example.org/program", True, old),
        )
        arguments = self.settlement.account, key, statement.output, proof
        advance = self.settlement.encode("advance(address,bytes32,bytes,bytes)", *arguments)
        return {
            "`registerProgram` with a root chain": self.gas(self.settlement, register),
            "`advance`": self.gas(self.settlement, advance),
            "`addVerifier`": self.add,
            f"deployment of `{CONTRACT}`": self.verifier.deployment,
            "deployment of `VerifierRouter`": self.router.deployment,
            "deployment of `Settlement`": self.settlement.deployment,
        }


def measure(prover):
    """All figures."""
    with Anvil() as chain:
        bench = Bench(connect(chain.url), prover)
        return Figures(
            [bench.slots(slots) for slots in SLOTS], [bench.batch(n) for n in BATCHES], bench.calls()
        )


def markdown(figures):
    """The tables, in thousands of gas."""
    k = lambda gas: f"{gas / 1000:,.0f}k"  # noqa: E731
    single = figures.slots[0]
    lines = [
        "| slots | proof, bytes | verify | first settlement | later | behind a router: first | later |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.slots} | {row.size:,} | {k(row.verify)} | {k(row.first)} | {k(row.later)} "
        f"| {k(row.routed_first)} | {k(row.routed_later)} |"
        for row in figures.slots
    ]
    head = f"statements in a batch ({SMALLEST} slots each)"
    head = [head, "gas per statement, one program", "of a single first settlement", "a program each"]
    lines += ["", f"| {' | '.join(head)} |", "|---|---|---|---|"]
    lines += [
        f"| {row.count} | {k(row.one_program)} | {row.one_program / single.first:.0%} "
        f"| {k(row.own_programs)} |"
        for row in figures.batches
    ]
    lines += ["", "| other transactions | gas |", "|---|---|"]
    lines += [f"| {name} | {k(gas)} |" for name, gas in figures.calls.items()]
    return "\n".join(lines)


def main():
    with tempfile.TemporaryDirectory() as folder:
        tables = markdown(measure(Prover.make(Path(folder))))
    PAGE.write_text(MARKS.sub(lambda match: f"{match[1]}{tables}\n{match[2]}", PAGE.read_text()))
    print(tables)


if __name__ == "__main__":
    main()
