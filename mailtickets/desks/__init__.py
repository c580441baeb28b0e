"""Clients of ticketing systems, one module each."""
