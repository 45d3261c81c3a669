"""J5: dirty CSV → types, ten rules, a keyed hash, a mask, rejected rows aside with reasons → Parquet."""
