"""Known ways in which comparable systems failed, and our answer to each.

Every entry is a class of real findings in public audits, advisories and issues of other systems. The
answer is a reason, and tests that try the failure. docs/security.md is made from this list; a
test checks that every named test exists.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Failure:
    """One class of failures.

    Attributes:
        area: heading in the documentation.
        what: what went wrong elsewhere.
        answer: why it does not go wrong here.
        tests: "path::name" below tests/.
    """

    area: str
    what: str
    answer: str
    tests: tuple[str, ...]


TRANSCRIPT = "Transcript"
ARGUMENT = "Sumcheck, GKR, claims"
LOGUP = "LogUp"
MACHINE = "Machine, memory, MIPS"
PARSING = "Commitments, parsing, hashing"
CHAIN = "Groth16, Solidity, settlement"
APPLICATIONS = "Applications"

KNOWN_FAILURES = (
    Failure(
        TRANSCRIPT,
        "A value that the verifier uses is not absorbed (Frozen Heart); the last batching challenge misses "
        "part of the proof.",
        "One inventory lists every message and challenge, in order; a test compares it with what prover and "
        "verifier exchange. The weight ω of the merged pairing check hashes everything, Groth16's points "
        "included; that of a batch hashes all its proofs.",
        (
            "verify/test_transcript.py::test_inventory_is_what_runs",
            "verify/test_transcript.py::test_every_element_counts",
            "verify/test_verify.py::test_every_element_of_the_proof_is_caught",
            "contract/test_contract.py::test_the_forgery_that_a_fixed_weight_allows",
            "contract/test_batch.py::test_errors_do_not_cancel",
        ),
    ),
    Failure(
        TRANSCRIPT,
        "Configuration is not absorbed: digest of the preprocessing, heights, set of tables, placements.",
        "The first message holds the digest of tables and parameter set, σ (which binds version, key and "
        "commitments), and all heights and addresses.",
        (
            "verify/test_verify.py::test_every_height_and_address_is_caught",
            "verify/test_verify.py::test_proof_of_another_system",
            "tables/test_system.py::test_digest_binds_parameters_and_tables",
        ),
    ),
    Failure(
        TRANSCRIPT,
        "Lengths or values are hashed modulo p so that two messages collide; non-canonical elements are "
        "absorbed.",
        "The schedule of messages is a constant of the circuit, so no lengths are hashed; bits are packed "
        "253 to an element; scalars are checked below r wherever they enter.",
        (
            "verify/test_proof.py::test_scalars_must_be_canonical",
            "verify/test_shape.py::test_packing",
            "contract/test_check.py::test_aliases_of_scalars_and_coordinates_are_refused",
        ),
    ),
    Failure(
        TRANSCRIPT,
        "Too few batching challenges for messages of several fields.",
        "Entries of a tuple are weighted by different powers of θ above φ and the bus; numerators, "
        "denominators and constraints by different powers of δ; a pair of vectors that differ collides "
        "with probability degree/r.",
        ("verify/test_zerocheck.py::test_row_value_is_the_bracket",),
    ),
    Failure(
        ARGUMENT,
        "A round polynomial of wrong degree, or an empty or truncated proof, is accepted.",
        "Sizes come from the system, never from the proof; any other size is refused before anything is "
        "computed. In the circuit sizes are constants.",
        (
            "verify/test_verify.py::test_other_sizes_are_refused",
            "verify/test_proof.py::test_other_lengths_of_bytes",
        ),
    ),
    Failure(
        ARGUMENT,
        "An intermediate claim is never compared.",
        "A manifest names for every field of a proof the step that catches its change, and a test changes "
        "every element; in the circuit every single wire is changed.",
        (
            "verify/test_verify.py::test_manifest_names_every_field",
            "verify/test_gkr.py::test_every_layer_is_compared",
            "wrap/test_circuit.py::test_every_single_wire_is_constrained",
        ),
    ),
    Failure(
        ARGUMENT,
        "The root's denominator is zero, or a system without interactions sets it to one.",
        "The root's denominator has an inverse, which is a constraint; unused leaves are 0/1.",
        (
            "verify/test_gkr.py::test_denominator_zero",
            "verify/test_verify.py::test_root_without_value",
            "prove/test_argument.py::test_trees_of_every_form",
        ),
    ),
    Failure(
        ARGUMENT,
        "Padding is wrong on very small tables, or the height's boundary is off by one.",
        "Tables with 0, 1, 2 and 2^k rows are proven at every height.",
        (
            "prove/test_argument.py::test_every_number_of_rows_in_every_height",
            "verify/test_verify.py::test_honest_proofs_of_every_height",
            "tables/test_traces.py::test_tables_of_any_height",
        ),
    ),
    Failure(
        LOGUP,
        "A multiplicity or is_real flag is unconstrained; padding rows have a nonzero multiplicity.",
        "Flags are boolean and every further flag is 0 where no selector is set; only the table side of a "
        "lookup has a free multiplicity.",
        (
            "soundness/test_table_forgeries.py::test_flags_in_a_row_outside_the_path",
            "soundness/test_table_forgeries.py::test_link_flag_of_a_padding_jump_is_no_free_write",
            "tables/test_rows.py::test_other_flags_are_caught",
            "tables/test_registry.py::test_degrees_and_the_zero_row",
        ),
    ),
    Failure(
        LOGUP,
        "The bus is missing from the fingerprint, or two buses collide in it.",
        "The bus is added to φ; ids start at 1 and are unique.",
        (
            "tables/test_system.py::test_contradictions_are_refused",
            "tables/test_registry.py::test_every_bus_has_senders_and_receivers",
        ),
    ),
    Failure(
        MACHINE,
        "The next pc is under-constrained (branch not taken, system call); the initial pc is free; execution "
        "goes on behind the halt or starts before it.",
        "The state bus is one path: one start (preprocessed), +3 in time per row, sinks in halting rows "
        "only. Both outcomes of a branch are proven.",
        (
            "soundness/test_table_forgeries.py::test_halting_twice",
            "soundness/test_table_forgeries.py::test_continuing_after_the_halt",
            "soundness/test_table_forgeries.py::test_starting_elsewhere",
            "tables/test_rows.py::test_no_other_completion_forges_a_result",
        ),
    ),
    Failure(
        MACHINE,
        "The operand $zero is free, so that a branch is forged; a load writes $zero.",
        "Register 0 is a memory cell like any other that nothing writes: decoding sends writes of $zero "
        "elsewhere.",
        (
            "soundness/test_table_forgeries.py::test_the_zero_register_stays_zero",
            "soundness/test_table_forgeries.py::test_another_register_is_read",
        ),
    ),
    Failure(
        MACHINE,
        "LL's result is free; memory accesses reach registers; carries, signs and corner cases of "
        "multiplication, division, clz, sub-word and unaligned accesses.",
        "ll, sc and the like are micro-code of checked rows; registers lie above all addresses a load can "
        "form; every row operation is tested with adversarial completions and against QEMU.",
        (
            "soundness/test_table_forgeries.py::test_a_store_cannot_reach_a_register",
            "tables/test_rows.py::test_no_other_completion_forges_a_result",
            "machine/test_instructions.py::test_instruction_equals_qemu",
        ),
    ),
    Failure(
        MACHINE,
        "Access times are not bound to the row, or old < new is not enforced; memory is initialised twice, "
        "or image words as zero.",
        "Times are expressions of the row's clock; gaps are looked up; the link chain makes initialisers "
        "unique.",
        (
            "soundness/test_table_forgeries.py::test_the_forgery_needs_a_second_initialiser",
            "soundness/test_table_forgeries.py::test_second_initialiser_as_a_fresh_word",
            "soundness/test_table_forgeries.py::test_second_initialiser_as_an_image_word",
            "soundness/test_table_forgeries.py::test_touched_beside_a_padding_row",
            "soundness/test_table_forgeries.py::test_the_chain_is_unique_on_small_spaces",
        ),
    ),
    Failure(
        MACHINE,
        "The program's identity omits initial memory, entry point or layout.",
        "The key commits to every image word, decoded row, segment, initial register and the entry point.",
        (
            "program/test_program.py::test_arguments_are_part_of_the_program",
            "commit/test_kzg.py::test_a_program_s_commitments_do_not_depend_on_the_run",
            "soundness/test_table_forgeries.py::test_a_lower_boot_table_drops_registers",
        ),
    ),
    Failure(
        MACHINE,
        "The executor panics on what a guest does: division by zero, traps, wild accesses, endless loops.",
        "Such ends are a provable exit (128 + signal) or a typed fault with pc and word.",
        (
            "machine/test_faults.py::test_fault",
            "machine/test_faults.py::test_random_words_end_in_an_orderly_way",
            "machine/test_faults.py::test_endless_loop_is_stopped",
            "kernel/test_faults.py::test_traps_end_with_the_signal",
        ),
    ),
    Failure(
        MACHINE,
        "A system call's result is the prover's: a clock, random bytes, a length beyond the request, input "
        "written where the guest did not ask for it, an exit that the program did not choose.",
        "The kernel is proven code, and its only free values are the input's words and number of bytes. A "
        "number above the request has no proof, nor has a wild access: neither is an exit. Buffers outside "
        "of user memory are refused, also when input has changed a vector. All else is a documented constant "
        "or a function of the state.",
        (
            "kernel/test_files.py::test_more_input_than_asked_for_has_no_continuation",
            "kernel/test_files.py::test_nothing_is_asked_for_when_nothing_is_wanted",
            "kernel/test_files.py::test_input_over_the_vectors_reaches_no_kernel_memory",
            "kernel/test_calls.py::test_documented_result",
            "kernel/test_calls.py::test_pointers_outside_of_user_memory_are_refused",
        ),
    ),
    Failure(
        PARSING,
        "Points are not checked; degree checks assume a reference string of one exact size.",
        "On chain every point goes through a precompile; in Python points are checked when read. The "
        "degree of g is bounded by D, not by the string's length.",
        (
            "contract/test_contract.py::test_points_off_the_curve_or_outside_the_subgroup_are_refused",
            "commit/test_srs.py::test_missing_damaged_and_foreign_files",
            "prove/test_opening.py::test_cells_beyond_the_square_change_no_claim",
        ),
    ),
    Failure(
        PARSING,
        "Sizes chosen by the other side are allocated unchecked; trailing or non-canonical bytes are "
        "accepted.",
        "Lengths are exact everywhere; ELF files allocate no more than their own size.",
        (
            "verify/test_proof.py::test_any_bytes_decode_or_are_refused",
            "program/test_elf.py::test_sizes_in_the_file_allocate_nothing",
            "program/test_elf.py::test_every_truncation_is_found",
            "contract/test_contract.py::test_lengths_and_heights",
            "contract/test_contract.py::test_calldata_has_one_encoding",
        ),
    ),
    Failure(
        PARSING,
        "Wrong rounds or constants of Poseidon2; fast paths that differ from the plain one.",
        "Known answers for every width; native and generic permutations and kernels are compared.",
        (
            "verify/test_poseidon2.py::test_known_answers",
            "verify/test_poseidon2.py::test_native_equals_generic",
            "prove/test_argument.py::test_random_systems",
        ),
    ),
    Failure(
        CHAIN,
        "γ = δ in a deployed key after a skipped second phase.",
        "Neither the import of a ceremony's key nor the generator takes such a key, a wrong number of points "
        "IC or points off their curve; development keys are stamped into the contract.",
        (
            "contract/test_generate.py::test_unsafe_keys_are_refused",
            "formats/test_zkey.py::test_nobody_has_contributed",
            "formats/test_snarkjs.py::test_a_key_without_a_contribution",
        ),
    ),
    Failure(
        CHAIN,
        "Public inputs are not checked below r; coordinates at or above q are accepted or reduced; the "
        "length of the proof is not exact.",
        "Each is a revert, tested value by value and byte by byte.",
        (
            "contract/test_contract.py::test_aliases_are_refused",
            "contract/test_contract.py::test_every_byte_of_the_calldata_counts",
        ),
    ),
    Failure(
        CHAIN,
        "A precompile's success or result is not checked; false is returned where a revert is expected; "
        "too little "
        'gas reads as "invalid".',
        "verify returns nothing and reverts on everything; every precompile's success and result size is "
        "checked.",
        ("contract/test_contract.py::test_too_little_gas_reverts",),
    ),
    Failure(
        CHAIN,
        "Commitments inside Groth16 without a proof of knowledge.",
        "There are none: the verifier's only points from a caller are the proof's own.",
        ("contract/test_contract.py::test_infinity_proves_nothing",),
    ),
    Failure(
        CHAIN,
        "Proof bytes serve as replay key.",
        "A settlement is keyed on the statement, the contract and the chain.",
        (
            "contracts/test_settlement.py::test_settling_twice_reverts",
            "contracts/test_settlement.py::test_the_id_is_bound_to_contract_and_chain",
            "contracts/test_real_proofs.py::test_a_statement_is_settled_once_however_it_is_proven",
        ),
    ),
    Failure(
        CHAIN,
        "An application trusts a mock or development verifier in production.",
        "There is no mock verifier in the package; development keys say so in the key file, in every "
        "set-up's output and in the contract (`DEVELOPMENT_KEYS`). They are not deployed on a chain that is "
        "not local unless somebody insists, and a router takes no verifier with such keys unless it was "
        "deployed for them.",
        (
            "contract/test_generate.py::test_development_keys_are_marked",
            "contracts/test_router.py::test_development_keys_are_refused_unless_wanted",
            "chain/test_local.py::test_development_keys_are_refused_on_public_chains",
        ),
    ),
    Failure(
        CHAIN,
        "Keys from a ceremony are of another circuit, or hold points that nobody compared with the circuit.",
        "Every point of a key is checked against our circuit and the powers of τ before it is used, and the "
        "version binds the verifying key.",
        (
            "formats/test_zkey.py::test_keys_of_other_circuits",
            "formats/test_zkey.py::test_keys_that_fit_the_sizes_only",
            "wrap/test_ceremony.py::test_ceremonies_do_not_mix",
            "wrap/test_ceremony.py::test_the_version_binds_the_key",
        ),
    ),
    Failure(
        APPLICATIONS,
        "A bridge's proof checker takes a forged Merkle proof (BNB Chain's IAVL proofs, 2022).",
        "The guest takes exactly the nodes of the path, each known by its hash, in canonical form only, and "
        "is compared with a trie library on tries of every shape.",
        (
            "examples/test_bridge_guest.py::test_says_what_the_trie_library_says",
            "examples/test_bridge_guest.py::test_nodes_of_another_path_are_refused",
            "examples/test_bridge_guest.py::test_bad_storage_nodes_are_refused",
        ),
    ),
    Failure(
        APPLICATIONS,
        "A root of zero, which stands for nothing, is accepted as proven (Nomad, 2022).",
        "The oracle knows no block with the hash zero; old root zero is the ledger's beginning, and the "
        "guest then demands that there are no accounts and no deposits.",
        (
            "contracts/test_state_bridge.py::test_the_oracle_believes_its_owner_only",
            "examples/test_ledger_guest.py::test_the_first_batch_must_start_from_nothing",
        ),
    ),
    Failure(
        APPLICATIONS,
        "A signed transaction or a withdrawal counts twice: on another chain or contract, or by "
        "re-entering a payment.",
        "Signatures and batches hold chain id and contract; nonces and roots never return; what is owed is "
        "erased before it is paid.",
        (
            "examples/test_ledger_guest.py::test_cheating_operators_are_refused",
            "examples/test_ledger_guest.py::test_another_ledgers_signature_is_refused",
            "contracts/test_private_ledger.py::test_a_batch_of_another_ledger",
            "contracts/test_private_ledger.py::test_withdrawals_are_owed_and_paid_once",
            "contracts/test_private_ledger.py::test_a_receiver_that_asks_again_gets_nothing_more",
        ),
    ),
)


def markdown() -> str:
    """The page docs/security.md."""
    lines = [
        "# Known failures, and the answers to them",
        "",
        "This page is made from tests/soundness/known_failures.py (`make docs`). Each entry is a class",
        "of real findings in comparable systems; the tests try it here.",
    ]
    area = ""
    for number, failure in enumerate(KNOWN_FAILURES, 1):
        if failure.area != area:
            area = failure.area
            lines += ["", f"## {area}"]
        lines += ["", f"**{number}. {failure.what}**", "", failure.answer, ""]
        lines += [f"- `tests/{test}`" for test in failure.tests]
    return "\n".join(lines) + "\n"
