"""Development keys stay on local chains."""

import pytest

from zkm.chain.anvil import Anvil
from zkm.chain.local import LOCAL_CHAIN_IDS, refuse_development_keys
from zkm.errors import ChainError

PUBLIC = [1, 10, 56, 100, 137, 8453, 42161, 11155111, 17000, 0]


@pytest.mark.parametrize("chain_id", PUBLIC)
def test_development_keys_are_refused_on_public_chains(chain_id):
    with pytest.raises(ChainError, match=f"development keys on chain {chain_id}"):
        refuse_development_keys(chain_id, development=True)
    refuse_development_keys(chain_id, development=True, forced=True)
    refuse_development_keys(chain_id, development=False)


@pytest.mark.parametrize("chain_id", sorted(LOCAL_CHAIN_IDS))
def test_they_serve_on_local_chains(chain_id):
    refuse_development_keys(chain_id, development=True)


def test_our_anvil_is_local():
    assert Anvil().chain_id in LOCAL_CHAIN_IDS
    assert not LOCAL_CHAIN_IDS & set(PUBLIC)
