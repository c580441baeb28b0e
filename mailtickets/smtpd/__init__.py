"""The edge: twisted.mail's shape around our own session."""
