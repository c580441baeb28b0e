"""Which letter belongs to which ticket, decided by functions."""
