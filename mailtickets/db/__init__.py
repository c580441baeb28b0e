"""One database for everything that must outlive a crash."""
