"""Portable scalar expressions: one text, one meaning, one SQL body for each engine.

The way in is `parse.parse` (text a person wrote; loads the SQL parser) and `build` (conditions a processor makes;
does not). Promises: an expression reads only the columns of its row, gives the same value on every engine, and
never stops a run: an operation that has no result (an overflow, a text that is no date) is NULL, and
`CheckedExpression.failure` tells those rows. Everything a text may contain stands in `functions/`, `casts.py`,
`arithmetic.py` and `comparison.py`; the rest is refused.
"""
