"""The speed benchmark: the same data through Headwater, the floors and the peers, in turn; see benchmarks/README.md."""
