"""Coverage-guided fuzzing: each module here is one target (`python -m fuzz.reading`)."""
