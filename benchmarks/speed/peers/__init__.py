"""Programs of the peers. They run in environments of their own, so none of them imports the rest of the benchmark."""
