"""zkm: a zero-knowledge virtual machine for MIPS with Ethereum as its settlement layer.

The verbs of the command are functions here: :func:`run`, :func:`prove`, :func:`verify`,
:func:`program_key`, :func:`setup`, :func:`contract_source`, :func:`circuit_sections`; and for ceremonies
:func:`import_powers`, :func:`write_circuit`, :func:`write_witness`, :func:`import_groth16`,
:func:`export_snarkjs`. They are loaded when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zkm.api import (
        circuit_sections,
        contract_source,
        export_snarkjs,
        import_groth16,
        import_powers,
        program_key,
        prove,
        run,
        setup,
        verify,
        write_circuit,
        write_witness,
    )
    from zkm.proof import Proof

__all__ = [
    "Proof",
    "__version__",
    "circuit_sections",
    "contract_source",
    "export_snarkjs",
    "import_groth16",
    "import_powers",
    "program_key",
    "prove",
    "run",
    "setup",
    "verify",
    "write_circuit",
    "write_witness",
]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name == "Proof":
        from zkm.proof import Proof

        return Proof
    if name in __all__:
        from zkm import api

        return getattr(api, name)
    raise AttributeError(f"module 'zkm' has no attribute {name!r}")


class _Package(ModuleType):
    """Keeps the verbs `prove` and `verify` beside the subpackages of these names.

    When a subpackage is imported, Python binds it to its name here; that would hide the verb. Imports
    find the subpackages in sys.modules and do not need the binding.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if name in __all__ and isinstance(value, ModuleType):
            return
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
