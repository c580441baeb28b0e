"""The wire without I/O: lines, grammar, session, replies."""
