"""The chain side: deployments, settlement and a local chain. Knows web3 and RPC, never Ape itself."""
