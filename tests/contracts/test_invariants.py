"""Random sequences of calls by several people, compared with a model after each: counts, roots, verifiers.

The model says for every call which error it reverts with, or what it changes; the chain must agree. A
snapshot takes the chain back before each sequence.
"""

from collections import Counter

from eth_utils.crypto import keccak
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.contracts.conftest import VERSIONS
from tests.contracts.node import Node, calldata

CLAIM = "(bytes32,uint32,bytes,bytes)"
ADVANCE, ADVANCE_BATCH = "advance(address,bytes32,bytes,bytes)", f"advanceBatch(address,{CLAIM}[])"
SELECTORS = [version[:4] for version in VERSIONS]
PROGRAMS = [keccak(b"program %d" % i) for i in range(3)]
"""Program i belongs to version i."""
ROOTS = [keccak(b"root %d" % i) for i in range(2)]
OUTPUTS = [a + b for a in ROOTS for b in ROOTS] + [b"short"]
GOOD = b"a proof"

programs = st.integers(0, len(PROGRAMS) - 1)
people = st.integers(0, 1)
claims = st.tuples(
    programs, st.sampled_from([0, 0, 0, 1]), st.sampled_from(OUTPUTS), st.sampled_from([True] * 5 + [False])
)


def encoded(claim):
    """The arguments of a claim; only GOOD was told to the verifiers."""
    program, exit_code, output, good = claim
    return PROGRAMS[program], exit_code, output, SELECTORS[program] + (GOOD if good else b"another")


class Model:
    """What the contracts should hold."""

    def __init__(self):
        self.settled = {}
        self.counts = [0] * len(PROGRAMS)
        self.chains = {}
        self.transitions = set()
        self.verifiers = {}
        self.paused = self.stopped = False

    def busy(self, least=3):
        """Whether enough was settled to go on to what stops settling."""
        return len(self.settled) + len(self.transitions) >= least

    def verify(self, batch):
        """What the router, or the verifier behind it, reverts with."""
        if len({program for program, *_ in batch}) > 1:
            return "MixedVersions"
        if self.stopped:
            return "RouterStopped"
        if self.paused:
            return "EnforcedPause"
        state = self.verifiers.get(batch[0][0])
        if state != "added":
            return "VerifierWasRemoved" if state else "UnknownVerifier"
        return None if all(good for *_, good in batch) else "InvalidProof"

    def record(self, claim):
        program, exit_code, output, _ = claim
        if (program, exit_code, output) not in self.settled:
            self.counts[program] += 1
            self.settled[program, exit_code, output] = self.counts[program]

    def path(self, registrar, batch):
        """Where the roots are after these transitions, or the error."""
        roots = {key: chain["root"] for key, chain in self.chains.items() if chain["rooted"]}
        for program, exit_code, output, _ in batch:
            if exit_code:
                return "ProgramFailed"
            if (registrar, program) not in roots:
                return "NotRooted"
            if len(output) < 64:
                return "OutputTooShort"
            if output[:32] != roots[registrar, program]:
                return "WrongRoot"
            roots[registrar, program] = output[32:64]
        return None

    def advance(self, registrar, batch):
        for program, _, output, _ in batch:
            chain = self.chains[registrar, program]
            chain["number"] += 1
            chain["root"] = output[32:64]
            self.transitions.add((registrar, program, chain["number"], output))


class World:
    """The deployed contracts, with verifiers that know every claim with a good proof.

    Attributes:
        node: the chain.
        settlement, router, verifiers: the contracts.
        accounts: who calls; the first one owns the router.
        seen: how often each function ended how: (selector, error or None) → count.
    """

    def __init__(self, node, settlement, router, verifiers, accounts):
        self.node, self.settlement, self.router = node, settlement, router
        self.verifiers, self.accounts = verifiers, accounts
        for program, verifier in enumerate(verifiers):
            for exit_code in (0, 1):
                for output in OUTPUTS:
                    arguments = encoded((program, exit_code, output, True))
                    accept = calldata(f"accept{CLAIM}", *arguments)
                    assert node.send(accounts[0], verifier, accept) is None
        self._start = node.snapshot()
        self.seen = Counter()

    def begin_anew(self):
        """Take the chain back to where it was."""
        self.node.revert(self._start)
        self._start = self.node.snapshot()


class Machine(RuleBasedStateMachine):
    """Random calls of the contracts of a `World`."""

    world: World

    def __init__(self):
        super().__init__()
        self.world.begin_anew()
        self.model = Model()
        for number in (0, 1):
            self.add(number, 0)
            self.register(number, number, True, ROOTS[0])

    def expect(self, error, who, contract, data):
        """Send a call; whether it succeeded, as the model says."""
        assert self.world.node.send(self.world.accounts[who], contract, data) == error
        self.world.seen[data[:4], error] += 1
        return error is None

    def owned(self, who, error):
        return error if who == 0 else "OwnableUnauthorizedAccount"

    @rule(claim=claims, who=people)
    def settle(self, claim, who):
        error = "AlreadySettled" if claim[:3] in self.model.settled else self.model.verify([claim])
        if self.expect(error, who, self.world.settlement, calldata(f"settle{CLAIM}", *encoded(claim))):
            self.model.record(claim)

    @rule(batch=st.lists(claims, max_size=4), same=st.booleans(), who=people)
    def settle_batch(self, batch, same, who):
        if same:
            batch = [(batch[0][0], *claim[1:]) for claim in batch]
        if not batch:
            error = "EmptyBatch"
        elif all(claim[:3] in self.model.settled for claim in batch):
            error = "AlreadySettled"
        else:
            error = self.model.verify(batch)
        data = calldata(f"settleBatch({CLAIM}[])", [encoded(claim) for claim in batch])
        if self.expect(error, who, self.world.settlement, data):
            for claim in batch:
                self.model.record(claim)

    @rule(who=people, program=programs, rooted=st.booleans(), root=st.sampled_from([*ROOTS, bytes(32)]))
    def register(self, who, program, rooted, root):
        key = (who, program)
        error = "AlreadyRegistered" if key in self.model.chains else None
        if error is None and not rooted and any(root):
            error = "UnusedRoot"
        signature = "registerProgram(bytes32,string,string,bool,bytes32)"
        data = calldata(signature, PROGRAMS[program], "name", "uri", rooted, root)
        if self.expect(error, who, self.world.settlement, data):
            self.model.chains[key] = {"rooted": rooted, "root": root, "number": 0}

    @rule(registrar=people, program=programs, claim=claims, fitting=st.booleans(), who=people)
    def advance(self, registrar, program, claim, fitting, who):
        _, _, output, good = claim
        chain = self.model.chains.get((registrar, program))
        if fitting and chain:
            output = chain["root"] + output[:32].ljust(32, b"\0")
        batch = [(program, 0, output, good and output in OUTPUTS)]
        error = self.model.path(registrar, batch) or self.model.verify(batch)
        key, _, output, proof = encoded(batch[0])
        arguments = self.world.accounts[registrar].address, key, output, proof
        if self.expect(error, who, self.world.settlement, calldata(ADVANCE, *arguments)):
            self.model.advance(registrar, batch)

    @rule(registrar=people, program=programs, steps=st.lists(claims, min_size=1, max_size=3), who=people)
    def advance_batch(self, registrar, program, steps, who):
        chain = self.model.chains.get((registrar, program), {"root": ROOTS[0]})
        batch, root = [], chain["root"]
        for _, exit_code, output, good in steps:
            output = root + output[:32].ljust(32, b"\0")
            batch.append((program, exit_code, output, good and output in OUTPUTS))
            root = output[32:64]
        error = self.model.path(registrar, batch) or self.model.verify(batch)
        arguments = self.world.accounts[registrar].address, [encoded(claim) for claim in batch]
        if self.expect(error, who, self.world.settlement, calldata(ADVANCE_BATCH, *arguments)):
            self.model.advance(registrar, batch)

    @rule(version=programs, who=people)
    def add(self, version, who):
        error = "SelectorTaken" if version in self.model.verifiers else None
        if self.model.stopped:
            error = "RouterStopped"
        error = self.owned(who, error)
        if self.expect(
            error,
            who,
            self.world.router,
            calldata("addVerifier(address)", self.world.verifiers[version].address),
        ):
            self.model.verifiers[version] = "added"

    @precondition(lambda self: self.model.busy())
    @rule(version=programs, who=people)
    def remove(self, version, who):
        state = self.model.verifiers.get(version)
        error = {None: "UnknownVerifier", "removed": "VerifierWasRemoved"}.get(state)
        data = calldata("removeVerifier(bytes4)", SELECTORS[version])
        if self.expect(self.owned(who, error), who, self.world.router, data):
            self.model.verifiers[version] = "removed"

    @precondition(lambda self: self.model.busy())
    @rule(who=people)
    def pause(self, who):
        error = self.owned(who, "EnforcedPause" if self.model.paused else None)
        if self.expect(error, who, self.world.router, calldata("pause()")):
            self.model.paused = True

    @precondition(lambda self: self.model.paused)
    @rule(who=people)
    def unpause(self, who):
        error = self.owned(who, "RouterStopped" if self.model.stopped else None)
        if self.expect(error, who, self.world.router, calldata("unpause()")):
            self.model.paused = False

    @precondition(lambda self: self.model.busy(8))
    @rule(who=people)
    def stop(self, who):
        error = self.owned(who, "RouterStopped" if self.model.stopped else None)
        if self.expect(error, who, self.world.router, calldata("stop()")):
            self.model.stopped = True

    @invariant()
    def counts_are_those_of_proven_statements(self):
        for program, count in zip(PROGRAMS, self.model.counts, strict=True):
            (found,) = self.world.node.view(self.world.settlement, "settlementCount(bytes32)", program)
            assert int.from_bytes(found, "big") == count

    @invariant()
    def roots_moved_along_proofs_only(self):
        for (who, program), chain in self.model.chains.items():
            if chain["rooted"]:
                key = self.world.accounts[who].address, PROGRAMS[program]
                assert self.world.node.view(self.world.settlement, "root(address,bytes32)", *key) == [
                    chain["root"]
                ]

    @invariant()
    def a_removed_verifier_verifies_nothing(self):
        for version, state in self.model.verifiers.items():
            claim = (version, 0, OUTPUTS[0], True)
            found = self.world.node.call(
                self.world.accounts[1], self.world.router, calldata(f"verify{CLAIM}", *encoded(claim))
            )
            assert found == self.model.verify([claim])
            assert state == "added" or found is not None

    def teardown(self):
        """Exactly what the model lists is settled."""
        one = bytes(31) + b"\1"
        for program in range(len(PROGRAMS)):
            for exit_code in (0, 1):
                for output in OUTPUTS:
                    statement = PROGRAMS[program], exit_code, output
                    (identity,) = self.world.node.view(
                        self.world.settlement, "settlementId(bytes32,uint32,bytes)", *statement
                    )
                    settled = self.world.node.view(self.world.settlement, "isSettled(bytes32)", identity) == [
                        one
                    ]
                    assert settled == ((program, exit_code, output) in self.model.settled)
        for who, program, number, output in self.model.transitions:
            parts = self.world.accounts[who].address, PROGRAMS[program], number, output
            (identity,) = self.world.node.view(
                self.world.settlement, "transitionId(address,bytes32,uint32,bytes)", *parts
            )
            assert self.world.node.view(self.world.settlement, "isSettled(bytes32)", identity) == [one]


def test_contracts_follow_the_model(project, chain, router, verifiers, accounts):
    settlement = accounts[0].deploy(project.Settlement, router)
    node = Node(chain.provider, router, settlement, verifiers[0])

    class Here(Machine):
        world = World(node, settlement, router, verifiers, accounts)

    many = settings(
        max_examples=20, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Here, settings=many)
    # The sequences reached what they are about.
    for signatures in (
        (f"settle{CLAIM}",),
        (f"settleBatch({CLAIM}[])",),
        (ADVANCE, ADVANCE_BATCH),
        ("pause()",),
    ):
        succeeded = sum(Here.world.seen[keccak(signature.encode())[:4], None] for signature in signatures)
        assert succeeded > 0, signatures
