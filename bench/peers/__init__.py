"""The servers that ours is compared with, and ours as one of them."""
