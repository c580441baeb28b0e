"""What a desk says and hears."""
