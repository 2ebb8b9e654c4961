"""The field part of the verifier, protocol sections 3 to 7, over any arithmetic.

`zkm verify` runs it on field elements, the circuit on wires; the group part (sections 7 and 8) is
the contract's and its Python twin's.
"""

from __future__ import annotations

from typing import TypeVar

from zkm.field import MODULUS, Ring
from zkm.tables.system import System
from zkm.verify.arithmetic import Arithmetic
from zkm.verify.gkr import verify_gkr
from zkm.verify.opening import verify_opening
from zkm.verify.proof import FieldProof, PublicInputs
from zkm.verify.shape import Heights, ShapeBits, address_bits, pack_bits
from zkm.verify.stacking import verify_stacking
from zkm.verify.transcript import Transcript
from zkm.verify.zerocheck import verify_zerocheck

__all__ = ["statement_message", "verify_field_part"]

E = TypeVar("E", bound=Ring)


def statement_message(
    arithmetic: Arithmetic[E], system: System, sigma: E, fp: E, salt: E, bits: ShapeBits[E]
) -> list[E]:
    """The transcript's first message: system digest, σ, fp, salt, packed shape."""
    digest = arithmetic.constant(int.from_bytes(system.digest(), "big") % MODULUS)
    return [digest, sigma, fp, salt, *pack_bits(bits.flat())]


def verify_field_part(
    arithmetic: Arithmetic[E], system: System, public: PublicInputs[E], proof: FieldProof[E]
) -> None:
    """Check a proof against its public inputs.

    Raises:
        ShapeError, RootError, GkrError, ZerocheckError, StackingError, OpeningError: the step at
            which it fails (all are ProofError).
    """
    proof.check_sizes(system)
    with arithmetic.section("shape"):
        heights = Heights(arithmetic, system, proof.shape)
        addresses = address_bits(arithmetic, system, heights, proof.shape)
    with arithmetic.section("statement"):
        transcript = Transcript(arithmetic)
        message = statement_message(arithmetic, system, public.sigma, public.fp, proof.salt, proof.shape)
        phi, theta = transcript.exchange("statement and shape", message, 2)
    with arithmetic.section("gkr"):
        leaf = verify_gkr(arithmetic, transcript, system.params.table_bits, proof.root, proof.layers)
    with arithmetic.section("zerocheck"):
        point, mu = verify_zerocheck(
            arithmetic,
            transcript,
            system,
            heights,
            (phi, theta),
            leaf,
            proof.zerocheck,
            proof.columns,
        )
    with arithmetic.section("stacking"):
        claim = verify_stacking(
            arithmetic,
            transcript,
            system,
            heights,
            addresses,
            (public.sigma, public.fp),
            point,
            mu,
            proof.columns,
            proof.stacking,
            proof.slots,
        )
    with arithmetic.section("opening"):
        verify_opening(arithmetic, public, proof.salt, claim, proof.evaluations)
