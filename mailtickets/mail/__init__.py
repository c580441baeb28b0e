"""What a letter is: RFC 5321, 5322 and MIME."""
