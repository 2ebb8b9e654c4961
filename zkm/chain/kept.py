"""Proofs that were made, kept until they are settled and after: a proof is not made twice.

A proof is filed by its statement, which running the program gives without proving. Nothing of the private
input is stored.
"""

from __future__ import annotations

from pathlib import Path

from eth_utils.crypto import keccak

from zkm.chain.files import replace_text
from zkm.errors import ProofError
from zkm.proof import Proof
from zkm.verify.statement import Statement

__all__ = ["KeptProofs"]


class KeptProofs:
    """Proof files `FOLDER/HASH.json`; the hash is that of the statement, version included."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, statement: Statement) -> Proof | None:
        """The kept proof of a statement; a damaged file counts as none."""
        path = self.path(statement)
        try:
            proof = Proof.load(path)
        except (OSError, ProofError):
            return None
        return proof if proof.statement == statement else None

    def keep(self, proof: Proof) -> Path:
        """Store a proof; where it is."""
        path = self.path(proof.statement)
        replace_text(path, proof.to_json())
        return path

    def all(self) -> list[Proof]:
        """Every kept proof, oldest first; damaged files are left out."""
        proofs = []
        for path in sorted(self.folder.glob("*.json"), key=lambda path: (path.stat().st_mtime_ns, path.name)):
            try:
                proof = Proof.load(path)
            except (OSError, ProofError):
                continue
            if path == self.path(proof.statement):
                proofs.append(proof)
        return proofs

    def path(self, statement: Statement) -> Path:
        """Where a statement's proof is, or would be."""
        exit_code = statement.exit_code.to_bytes(4, "big")
        parts = (statement.version, statement.program_vkey, exit_code, keccak(statement.output))
        return self.folder / f"{keccak(b''.join(parts)).hex()}.json"
