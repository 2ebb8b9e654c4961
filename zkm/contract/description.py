"""What one verifier contract is made for: the constants that it is generated with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from zkm._native import pairing_check
from zkm.curve import G1_GENERATOR, G2_GENERATOR
from zkm.errors import SetupError
from zkm.params import ParameterSet
from zkm.tables.system import System
from zkm.wrap.circuit import PUBLIC_NAMES
from zkm.wrap.groth16 import VerifyingKey

__all__ = ["Description"]

PROGRAM: Final = "PROGRAM"


@dataclass(frozen=True)
class Description:
    """The constants of one verifier.

    Attributes:
        params: the parameter set.
        max_height: the largest k, the height of PROGRAM.
        version: 32 bytes; binds circuit, tables, kernel and SRS.
        key: Groth16's verifying key.
        tau_g2: [τ]₂, 128 bytes.
        development: whether the secrets of the keys are public.
    """

    params: ParameterSet
    max_height: int
    version: bytes
    key: VerifyingKey
    tau_g2: bytes
    development: bool

    @staticmethod
    def of(
        system: System, version: bytes, key: VerifyingKey, tau_g2: bytes, development: bool
    ) -> Description:
        """The verifier of a system and its keys."""
        height = system.max_heights[system.index(PROGRAM)]
        return Description(system.params, height, version, key, tau_g2, development)

    def check(self) -> None:
        """Refuse constants that no verifier must be made from.

        Raises:
            SetupError: see :meth:`VerifyingKey.check`; also for a wrong [τ]₂ or version.
        """
        self.key.check(len(PUBLIC_NAMES))
        if len(self.version) != 32:
            raise SetupError("a version has 32 bytes")
        if not any(self.tau_g2) or self.tau_g2 == G2_GENERATOR:
            raise SetupError("[τ]₂ is a trivial point")
        try:
            pairing_check([(G1_GENERATOR, self.tau_g2)])
        except ValueError as error:
            raise SetupError(f"[τ]₂: {error}") from error
