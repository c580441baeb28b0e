"""Judges of letters, one small module each."""
