"""An agent that sends letters onward by SMTP."""
