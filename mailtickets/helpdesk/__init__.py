"""The embedded desk: its book, its HTTP API and its pages."""
