"""What happens next: read these modules to understand the system."""
