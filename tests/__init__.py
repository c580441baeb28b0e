"""The tests, in the shape of the tree; tests/journeys has real sockets and real peers."""
