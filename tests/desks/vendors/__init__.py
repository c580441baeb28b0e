"""Small servers of vendors' APIs, in memory, written from the vendors' documents."""
