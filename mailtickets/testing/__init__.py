"""The public test kit: contracts, fakes, letters and peers."""
