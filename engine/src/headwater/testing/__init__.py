"""What plugin authors test with: contract suites, in-memory systems, a clock, values that hurt."""
