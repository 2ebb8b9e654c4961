"""Types of the extension module (native/src/py, one section for each of its files)."""

from collections.abc import Callable, Iterable, Iterator
from os import PathLike
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from typing_extensions import Self

# field.rs: elements are ints in [0, r); anything else raises ValueError

class FrVec:
    """An immutable vector of field elements, kept on the Rust side."""

    def __new__(cls, values: Iterable[int]) -> Self: ...
    @staticmethod
    def from_int64(array: NDArray[np.int64]) -> FrVec:
        """The elements of a contiguous array; a negative x stands for r + x."""

    @staticmethod
    def from_limbs(array: NDArray[np.uint64]) -> FrVec:
        """The elements of an (n, 4) array of canonical limbs, lowest first."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: int) -> int: ...
    def __iter__(self) -> Iterator[int]: ...
    def to_list(self) -> list[int]: ...
    def to_limbs(self) -> NDArray[np.uint64]:
        """All elements as an (n, 4) array of canonical limbs, lowest first."""

def batch_inverse(values: FrVec) -> FrVec:
    """The inverses of all elements; ValueError names the index of a zero."""

def eq_table(point: Iterable[int]) -> FrVec:
    """eq(point, x) for all x in {0,1}^k: bit 0 of an index belongs to the first coordinate."""

# mercury.rs (protocol, section 7): one method for each message, in this order, each with the
# challenge that answers the message before

class Opening:
    """F = Σ γ^s f_s, being opened at a point of N coordinates."""

    def __new__(cls, slots: Slots, srs: Srs, gamma: int, point: Iterable[int]) -> Self: ...
    def fold(self) -> bytes:
        """C_h."""

    def divide(self, alpha: int) -> tuple[bytes, bytes]:
        """(C_q, C_g)."""

    def symmetrize(self, eta: int) -> tuple[bytes, bytes]:
        """(C_S, C_D)."""

    def evaluate(self, z: int) -> list[int]:
        """g(z), g(1/z), h(z), h(1/z), S(z), S(1/z); ValueError if z has no proof."""

    def open(self) -> bytes:
        """C_W1."""

    def batch(self, beta: int) -> bytes:
        """C_W2."""

    def finish(self, zeta: int) -> tuple[bytes, int, int]:
        """(C_W3, g(z), y)."""

# msm.rs: Σ scalars[i] · [τ^i]_1 as 64 bytes; SetupError if there are more scalars than points

def msm(srs: Srs, scalars: FrVec) -> bytes: ...
def msm_int64(srs: Srs, scalars: NDArray[np.int64]) -> bytes: ...
def reference_msm(srs: Srs, scalars: FrVec) -> bytes:
    """msm by arkworks, to compare with."""

def reference_msm_int64(srs: Srs, scalars: NDArray[np.int64]) -> bytes:
    """msm_int64 by arkworks, to compare with."""

def g1_multiples(scalars: FrVec) -> bytes:
    """[scalars[i]]_1 for all i, 64 bytes each in the raw form of files (zkm/formats/raw.py)."""

def g2_multiples(scalars: FrVec) -> bytes:
    """[scalars[i]]_2 for all i, 128 bytes each in the raw form of files."""

# pairing.rs: points of G1 as 64 bytes x ‖ y, of G2 as 128 bytes in the EVM's order; a point that is
# malformed, off the curve or outside the subgroup raises ValueError with its index

def g1_msm(points: list[bytes], scalars: Iterable[int]) -> bytes:
    """Σ scalars[i] · points[i], as 64 bytes."""

def pairing_check(pairs: list[tuple[bytes, bytes]]) -> bool:
    """Whether Π e(P_i, Q_i) = 1."""

def pairing(p: bytes, q: bytes) -> list[int]:
    """e(P, Q) as 12 integers: two halves of three elements (real, imaginary part) of F_q²."""

# slots.rs

class Slots:
    """The committed vectors of one proof (protocol, sections 2 and 9)."""

    def __new__(cls, used: int, side: int, count: int, preprocessed: int, seed: bytes) -> Self:
        """`count` empty slots for columns in cells 0 … used − 1. The first `preprocessed` are
        not blinded, the last one is the mask (2·side random cells), each other one gets a
        random cell at index `used`. `seed`: 32 fresh random bytes.
        """

    def add_column(self, slot: int, offset: int, column: NDArray[np.int64]) -> None:
        """Copies a contiguous column to free cells (ValueError otherwise)."""

    def __len__(self) -> int: ...
    @property
    def used(self) -> int:
        """n', the used length."""

    @property
    def length(self) -> int:
        """Cells of the longest slot, random ones included."""

    def commit(self, srs: Srs, slot: int) -> bytes:
        """C_s as 64 bytes; SetupError if the reference string is too short."""

    def cells(self, slot: int, length: int) -> FrVec:
        """The first `length` cells of a slot."""

# srs.rs: see zkm/commit/srs.py

class Srs:
    """The first points of a reference string, in memory."""

    @staticmethod
    def open(path: str, length: int) -> Srs: ...
    @staticmethod
    def development(path: str, seed: bytes, length: int) -> Srs: ...
    @staticmethod
    def import_points(path: str, length: int, tau_g2: bytes, source: str, position: int) -> None:
        """Writes a checked copy of points that lie at a position of a file; SetupError, OSError."""

    def check(self) -> None:
        """Checks every point; SetupError."""

    def __len__(self) -> int: ...
    def point(self, index: int) -> bytes:
        """[τ^index]_1 as 64 bytes."""

    @property
    def tau_g2(self) -> bytes:
        """[τ]_2 as 128 bytes."""

    @property
    def insecure(self) -> bool:
        """Whether τ is known to everybody."""

# machine.rs: the interpreter of decoded programs; zkm/machine/interpreter.py drives it

class Machine:
    """A program in execution, with or without a trace."""

    def __new__(
        cls,
        rows: tuple[
            NDArray[np.int64],
            NDArray[np.uint32],
            NDArray[np.uint8],
            NDArray[np.uint8],
            NDArray[np.uint8],
            NDArray[np.uint8],
            NDArray[np.uint8],
            NDArray[np.int64],
        ],
        operations: list[tuple[int, str, int, list[str]]],
        entry: int,
        registers: list[int],
        watch: tuple[int, int, list[int]],
        page_limit: int,
        *,
        trace: bool,
    ) -> Self:
        """A machine before its first row.

        rows: the arrays of zkm.isa.rows.Rows, in order. operations: code, name, stream of its
        records and names of its flag bits, per row operation. watch: address of a handler, a
        register and its values; run() stops where such a system call enters the handler.
        page_limit: pages of 4 KiB that may come into use. ValueError if anything is malformed.
        """

    def run(self, budget: int) -> Literal["budget", "input", "system", "halt", "fault"]:
        """Executes up to `budget` rows; why it stopped. The last two are final."""

    def supply(self, input: bytes) -> None:  # noqa: A002
        """Answers "input"; no bytes mean the end of input."""

    @property
    def executed(self) -> int:
        """Rows executed so far."""

    @property
    def row_limit(self) -> int:
        """Rows that a machine of this kind can execute."""

    @property
    def halted(self) -> tuple[int, int] | None:
        """Exit code and output length in bytes, after "halt"."""

    @property
    def fault(self) -> tuple[int, int | None, str, str] | None:
        """pc, word (None if there is none), kind and text of the cause, after "fault"."""

    def register(self, index: int) -> int: ...
    def peek(self, address: int, length: int) -> bytes:
        """Bytes of memory as they are now; addresses wrap around at 2^32."""

    def counts(self) -> NDArray[np.uint64]:
        """Executions of each row of the program."""

    def output(self) -> NDArray[np.uint32]:
        """The output words so far, without exit code and length."""

    def stream_lengths(self) -> list[int]:
        """Records of each stream so far. This and what follows: ValueError without a trace."""

    def records(self, stream: int) -> NDArray[np.uint64]:
        """A stream's records, 7 words each, given away (the stream is then empty)."""

    def refreshes(self) -> NDArray[np.uint64]:
        """The refreshes, 4 words each, given away."""

    def memory(
        self,
    ) -> tuple[
        NDArray[np.uint32],
        NDArray[np.uint32],
        NDArray[np.int64],
        NDArray[np.uint32],
        NDArray[np.int64],
    ]:
        """The touched words, ascending: word (byte address / 4), v0, t0, vf, tf."""

    def registers(self) -> tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.int64]]:
        """The registers: t0, vf, tf."""

# poseidon2.rs

class Poseidon2:
    """The Poseidon2 permutation of one width t, 3 or a multiple of 4."""

    def __new__(
        cls, external: Iterable[Iterable[int]], internal: Iterable[int], diagonal: Iterable[int]
    ) -> Self:
        """Constants: t for each full round, one for each partial round, and t for the internal
        matrix (all ones) + diag(diagonal).
        """

    def permute(self, state: Iterable[int]) -> list[int]:
        """The permutation of t elements."""

# columns.rs

class Columns:
    """The cells of all tables beside their compiled expressions; shared by the kernels below."""

    def __new__(
        cls,
        tables: list[
            tuple[
                tuple[
                    NDArray[np.int64],
                    NDArray[np.int64],
                    list[tuple[int, int, int, list[tuple[int, int]]]],
                    int,
                ],
                int,
            ]
        ],
        data: list[tuple[int, NDArray[np.int64]]],
    ) -> Self:
        """Per table its compiled form (CompiledTable.native()) and number of committed columns;
        per table its height and cells, int64 (columns, rows), C-contiguous, which are copied.

        ValueError: the parts contradict each other, a node is malformed, an expression has a
        degree over 3 or is not zero in the row of zeros.
        """

    def evaluate(self, point: Iterable[int]) -> list[int]:
        """Every committed column at the first coordinates of the point, as many as its table is
        high.
        """

# gkr.rs, zerocheck.rs, stacking.rs: rounds are driven by round() and bind(challenge) in turn.
# round() gives the coefficients a_1, a_2, … of the round polynomial. ValueError: a call out of
# order, or sizes that do not fit.

class Gkr:
    """LogUp-GKR over a 4-ary tree (protocol, section 4)."""

    def __new__(
        cls, columns: Columns, row_bits: int, interaction_bits: int, phi: int, theta: int
    ) -> Self: ...
    def root(self) -> tuple[int, int]:
        """p and q."""

    def layer(self, lambda_: int) -> None:
        """Opens the next layer, from the root down."""

    def round(self) -> list[int]: ...
    def reference_round(self) -> list[int]:
        """The next round polynomial at 0, 1, 2, 3, 4 by plain arithmetic, for comparisons."""

    def bind(self, challenge: int) -> None: ...
    def values(self) -> list[int]:
        """P_0 … P_3, Q_0 … Q_3 at the end of a layer's rounds."""

    def descend(self, t0: int, t1: int) -> tuple[int, int]:
        """The claims p and q on the layer below."""

class Zerocheck:
    """The zerocheck of constraints and leaves (protocol, section 5)."""

    def __new__(
        cls,
        columns: Columns,
        row_point: Iterable[int],
        interaction_point: Iterable[int],
        claims: tuple[int, int],
        delta: int,
        fingerprint: tuple[int, int],
    ) -> Self:
        """`claims`: p and q on the leaves at the points; `fingerprint`: φ and θ."""

    def round(self) -> list[int]: ...
    def bind(self, challenge: int) -> None: ...
    def values(self) -> list[int]:
        """Every committed column at the low coordinates of the challenges."""

class Stacking:
    """The reduction from columns to slots (protocol, section 6)."""

    def __new__(
        cls,
        columns: Columns,
        slots: Slots,
        addresses: list[int],
        point: Iterable[int],
        mu: int,
        slot_bits: int,
        slot_index_bits: int,
        output: tuple[int, int] | None = None,
    ) -> Self:
        """`addresses`: of every committed column; `point`: r*; `output`: the committed column p
        and σ.
        """

    def round(self) -> list[int]: ...
    def bind(self, challenge: int) -> None: ...
    def values(self) -> list[int]:
        """v_s of every slot index."""

# r1cs.rs

class R1cs:
    """A checked rank-one constraint system (A w) ∘ (B w) = C w and its solver.

    Wires: 0 is the constant one, then the public inputs, the private inputs, and the solved wires,
    each computed by the one constraint that names it.
    """

    def __new__(
        cls,
        public: int,
        private: int,
        a: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]],
        b: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]],
        c: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]],
        coefficients: Iterable[int],
        solves: NDArray[np.int32],
        labels: dict[int, str] = ...,
    ) -> Self:
        """A matrix is (row pointers, wires, coefficient indexes); `solves` holds for each
        constraint the wire that it solves, or −1 for a check. The solved wires stand in ascending
        order, alone and with coefficient 1 in C (product) or B (quotient C / A). `labels` say
        what a constraint means, for messages. ValueError if anything does not fit.
        """

    def solve(self, public: FrVec | Iterable[int], private: FrVec | Iterable[int]) -> FrVec:
        """All wires; ConstraintViolation names the first constraint that fails."""

    def check(self, wires: FrVec) -> None:
        """ConstraintViolation names the first constraint that does not hold."""

    @property
    def digest(self) -> bytes:
        """SHA-256 of the relation, the same as `ConstraintSystem.digest()`."""

    @property
    def constraints(self) -> int: ...
    @property
    def wires(self) -> int: ...
    @property
    def public(self) -> int: ...
    @property
    def private(self) -> int: ...
    @property
    def entries(self) -> int:
        """Entries of A, B and C together."""

# groth16.rs: points in the EVM's form, 64 bytes (G1) and 128 bytes (G2)

class Groth16Key:
    """A proving key with its verifying key."""

    @staticmethod
    def development(r1cs: R1cs, seed: bytes, progress: Callable[[float], object] | None = ...) -> Groth16Key:
        """A key whose secrets follow from the public 32-byte seed: insecure by construction."""

    @staticmethod
    def from_sections(
        r1cs: R1cs, singles: bytes, ic: bytes, a: bytes, b1: bytes, b2: bytes, c: bytes, h: bytes
    ) -> Groth16Key:
        """The key in a `.zkey` file's sections, singles being α₁ β₁ β₂ γ₂ δ₁ δ₂. SetupError: wrong sizes,
        points off the curve or outside the group, or γ₂ is not the generator.
        """

    def check(self, r1cs: R1cs, srs: Srs) -> None:
        """Checks every point against the circuit and the powers of τ, given α, β and δ; SetupError."""

    @staticmethod
    def load(path: str | PathLike[str]) -> Groth16Key:
        """SetupError if the file is damaged or no key; OSError if it cannot be read."""

    def save(self, path: str | PathLike[str]) -> None:
        """Replaces the file in one step."""

    def prove(self, r1cs: R1cs, wires: FrVec, seed: bytes) -> bytes:
        """A, B, C (256 bytes). The 32-byte seed of the randomisers must be fresh and secret.
        SetupError if the key is of another circuit; ConstraintViolation if a constraint fails.
        """

    def reference_prove(self, r1cs: R1cs, wires: FrVec, seed: bytes) -> bytes:
        """prove with arkworks' multi-scalar multiplication, to compare with."""

    def verifying_key(self) -> tuple[bytes, bytes, bytes, bytes, list[bytes]]:
        """α in G1, β, γ, δ in G2, and the points IC."""

    @property
    def r1cs_digest(self) -> bytes: ...
    @property
    def is_development(self) -> bool: ...
