"""Whether a sender is who the letter says: SPF, DKIM, DMARC, ARC."""
