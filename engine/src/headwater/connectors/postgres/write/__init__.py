"""The write strategies, one file each: how staged rows meet the rows that are already there."""
