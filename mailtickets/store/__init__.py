"""Spool and ledger on the database."""
