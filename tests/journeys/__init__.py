"""Whole journeys: real processes, real sockets, real peers."""
