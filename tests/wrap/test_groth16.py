"""R1CS solver, key files, prover and verifier; py_ecc as an independent oracle."""

from dataclasses import replace

import py_ecc.optimized_bn128 as bn
import pytest

from zkm import _native
from zkm.curve import G1_GENERATOR, G2_GENERATOR, negate
from zkm.errors import ConstraintViolation, SetupError
from zkm.field import MODULUS
from zkm.wrap.groth16 import Groth16Error, VerifyingKey, native_r1cs, prove, verify
from zkm.wrap.r1cs import ONE, Recorder

SEED = bytes(range(32))


def circuit(power=5):
    """Public x^power + 1/x, private x."""
    recorder = Recorder(1, 1)
    product = 2
    for _ in range(power - 1):
        product = recorder.product({product: 1}, {2: 1})
    inverse = recorder.inverse({2: 1}, "the inverse of x")
    recorder.check({product: 1, inverse: 1}, {ONE: 1}, {1: 1}, "the sum")
    return recorder.finish()


def value(x, power=5):
    return (pow(x, power, MODULUS) + pow(x, -1, MODULUS)) % MODULUS


@pytest.fixture(scope="module")
def system():
    return circuit()


@pytest.fixture(scope="module")
def r1cs(system):
    return native_r1cs(system)


@pytest.fixture(scope="module")
def key(r1cs):
    return _native.Groth16Key.development(r1cs, SEED)


@pytest.fixture(scope="module")
def proven(r1cs, key):
    inputs = [value(3)]
    return VerifyingKey.of(key), inputs, prove(key, r1cs, r1cs.solve(inputs, [3]))


def test_the_solver_computes_all_wires(r1cs):
    wires = r1cs.solve([value(3)], [3]).to_list()
    assert wires == [1, value(3), 3, 9, 27, 81, 243, pow(3, -1, MODULUS)]
    r1cs.check(_native.FrVec(wires))


def test_the_solver_names_the_constraint(r1cs):
    with pytest.raises(ConstraintViolation, match=r"constraint 5 \(the sum\)"):
        r1cs.solve([value(3)], [4])
    with pytest.raises(ConstraintViolation, match=r"constraint 4 \(the inverse of x\)"):
        r1cs.solve([value(3)], [0])
    with pytest.raises(ValueError, match="inputs"):
        r1cs.solve([1, 2], [3])


@pytest.mark.parametrize("wire", range(1, 8))
def test_a_changed_wire_is_found(r1cs, key, wire):
    wires = r1cs.solve([value(3)], [3]).to_list()
    wires[wire] += 1
    with pytest.raises(ConstraintViolation):
        r1cs.check(_native.FrVec(wires))
    with pytest.raises(ConstraintViolation):
        prove(key, r1cs, _native.FrVec(wires))


def test_both_languages_agree_on_the_digest(system, r1cs):
    assert r1cs.digest == system.digest()
    assert r1cs.digest != native_r1cs(circuit(6)).digest
    assert (r1cs.constraints, r1cs.wires) == (system.n_constraints, system.n_wires)


def test_proofs_verify(proven):
    verify(*proven)


def test_every_byte_of_a_proof_counts(proven):
    key, inputs, proof = proven
    for i in range(len(proof)):
        changed = bytearray(proof)
        changed[i] ^= 1
        with pytest.raises(Groth16Error):
            verify(key, inputs, bytes(changed))


def test_other_inputs_and_lengths_are_refused(proven):
    key, inputs, proof = proven
    for others in ([inputs[0] + 1], [], [*inputs, 0], [inputs[0] + MODULUS]):
        with pytest.raises(Groth16Error):
            verify(key, others, proof)
    for other in (proof[:-1], proof + b"\0", b""):
        with pytest.raises(Groth16Error):
            verify(key, inputs, other)


def test_proofs_are_randomized(r1cs, key):
    wires = r1cs.solve([value(3)], [3])
    first, second = prove(key, r1cs, wires), prove(key, r1cs, wires)
    assert all(first[i : i + 32] != second[i : i + 32] for i in range(0, 256, 32))


def test_one_seed_gives_one_proof_with_any_multiplication(r1cs, key):
    wires = r1cs.solve([value(3)], [3])
    assert key.prove(r1cs, wires, SEED) == key.reference_prove(r1cs, wires, SEED)


def test_keys_of_other_circuits_are_refused(key):
    other = native_r1cs(circuit(6))
    with pytest.raises(SetupError, match="another circuit"):
        prove(key, other, other.solve([value(3, 6)], [3]))


def test_key_files(tmp_path, r1cs, key):
    path = tmp_path / "key"
    key.save(path)
    assert [p.name for p in tmp_path.iterdir()] == ["key"]
    loaded = _native.Groth16Key.load(path)
    assert VerifyingKey.of(loaded) == VerifyingKey.of(key)
    assert (loaded.r1cs_digest, loaded.is_development) == (r1cs.digest, True)
    wires = r1cs.solve([value(7)], [7])
    verify(VerifyingKey.of(key), [value(7)], prove(loaded, r1cs, wires))
    data = path.read_bytes()
    for damaged in (data[:-1], data + b"\0", data[:500] + bytes([data[500] ^ 1]) + data[501:], b""):
        path.write_bytes(damaged)
        with pytest.raises(SetupError):
            _native.Groth16Key.load(path)
    with pytest.raises(OSError, match="missing"):
        _native.Groth16Key.load(tmp_path / "missing")


def test_key_generation_reports_and_can_be_interrupted(r1cs):
    done = []
    _native.Groth16Key.development(r1cs, SEED, done.append)
    assert done == sorted(done) and done[-1] == 1.0

    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(SetupError, match="interrupted"):
        _native.Groth16Key.development(r1cs, SEED, interrupt)


def test_unsafe_verifying_keys_are_refused(key):
    good = VerifyingKey.of(key)
    good.check(1)
    infinity, off = bytes(64), G1_GENERATOR[:63] + b"\3"
    unsafe = [
        replace(good, gamma=good.beta),
        replace(good, delta=G2_GENERATOR),
        replace(good, ic=good.ic[:1]),
        replace(good, alpha=off),
        replace(good, alpha=infinity),
        replace(good, ic=(good.ic[0], off)),
        replace(good, ic=(infinity, good.ic[1])),
        replace(good, beta=bytes(128)),
        replace(good, delta=good.delta[:127] + bytes([good.delta[127] ^ 1])),
    ]
    for vk in unsafe:
        with pytest.raises(SetupError):
            vk.check(1)


def test_with_gamma_equal_to_delta_anything_verifies(proven):
    """Why such a key is refused: C = −(IC_0 + Σ x_i IC_i) cancels the inputs' part."""
    key, _, _ = proven
    key = replace(key, delta=key.gamma)
    inputs = [12345]
    total = _native.g1_msm(list(key.ic), [1, *inputs])
    verify(key, inputs, key.alpha + key.beta + negate(total))
    with pytest.raises(SetupError):
        key.check(1)


def g1(data):
    x, y = (int.from_bytes(data[i : i + 32], "big") for i in (0, 32))
    return (bn.FQ(x), bn.FQ(y), bn.FQ(1))


def g2(data):
    x1, x0, y1, y0 = (int.from_bytes(data[i : i + 32], "big") for i in (0, 32, 64, 96))
    return (bn.FQ2([x0, x1]), bn.FQ2([y0, y1]), bn.FQ2([1, 0]))


def test_py_ecc_verifies_a_proof(proven):
    key, inputs, proof = proven
    total = g1(key.ic[0])
    for x, point in zip(inputs, key.ic[1:], strict=True):
        total = bn.add(total, bn.multiply(g1(point), x))
    pairs = [
        (bn.neg(g1(proof[:64])), g2(proof[64:192])),
        (g1(key.alpha), g2(key.beta)),
        (total, g2(key.gamma)),
        (g1(proof[192:]), g2(key.delta)),
    ]
    product = bn.FQ12.one()
    for p, q in pairs:
        product *= bn.pairing(q, p, final_exponentiate=False)
    assert bn.final_exponentiate(product) == bn.FQ12.one()
