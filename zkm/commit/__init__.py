"""Commitments: reference string, placement of columns into slots, commitments to slots."""
