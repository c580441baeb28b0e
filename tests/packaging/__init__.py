"""What is in the wheel, and what it does once it is installed."""
