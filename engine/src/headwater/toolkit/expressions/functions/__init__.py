"""The functions an expression may call, one file for each family, as data."""
