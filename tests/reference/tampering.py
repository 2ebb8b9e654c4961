"""For every field of a proof, the step that must catch a change of it.

A test walks the fields of the message types: a new field without a line here fails it.
"""

from __future__ import annotations

from zkm.errors import ProofError
from zkm.tables.system import System
from zkm.verify.gkr import GkrError, RootError
from zkm.verify.opening import OpeningError
from zkm.verify.proof import FieldProof
from zkm.verify.shape import ShapeError
from zkm.verify.stacking import StackingError
from zkm.verify.zerocheck import ZerocheckError

# A change of a value that only the transcript sees shows first where a challenge matters: layer 1 of
# the LogUp tree (layer 0 has no rounds).
PUBLIC = {
    "sigma": GkrError,
    "fp": GkrError,
    "gamma": OpeningError,
    "d1": OpeningError,
    "alpha": OpeningError,
    "eta": OpeningError,
    "z": OpeningError,
    "d2": OpeningError,
    "beta": OpeningError,
    "zeta": OpeningError,
    "g_z": OpeningError,
    "y": OpeningError,
}

PROOF = {
    "shape.heights": ShapeError,
    "shape.addresses": ShapeError,
    "salt": GkrError,
    "root.numerator": RootError,
    "root.denominator": GkrError,
    "layers.rounds": GkrError,
    "layers.numerators": GkrError,
    "layers.denominators": GkrError,
    "zerocheck": ZerocheckError,
    "columns": ZerocheckError,
    "stacking": StackingError,
    "slots": StackingError,
    "evaluations": OpeningError,
}


def expected_errors(system: System) -> list[tuple[str, type[ProofError]]]:
    """For every element of FieldProof.flat, its field and the error that a change must raise."""
    names = FieldProof.unflatten(system, list(range(FieldProof.length(system))))
    shape = names.shape
    groups = [
        ("shape.heights", [i for bits in shape.heights for i in bits]),
        ("shape.addresses", [i for bits in shape.addresses for i in bits]),
        ("salt", [names.salt]),
        ("root.numerator", names.root[:1]),
        ("root.denominator", names.root[1:]),
        ("layers.rounds", [i for layer in names.layers for r in layer.rounds for i in r]),
        ("layers.numerators", [i for layer in names.layers for i in layer.numerators]),
        ("layers.denominators", [i for layer in names.layers for i in layer.denominators]),
        ("zerocheck", [i for r in names.zerocheck for i in r]),
        ("columns", names.columns),
        ("stacking", [i for r in names.stacking for i in r]),
        ("slots", names.slots),
        ("evaluations", names.evaluations.flat()),
    ]
    found = {i: (name, PROOF[name]) for name, indexes in groups for i in indexes}
    return [found[i] for i in range(FieldProof.length(system))]
