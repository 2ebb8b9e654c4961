"""The state bridge off chain: from a node's answers to the guest's input."""
