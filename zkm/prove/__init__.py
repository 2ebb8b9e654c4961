<<<<<<< HEAD
"""The prover: one file for each sub-protocol, named as the verifier's."""
=======
"""The prover: one file for each sub-protocol, named as its reading in `zkm.verify`."""
>>>>>>> 5aee872 (Add placement, commitments, the opening's Python side and the group part of the verifier)
