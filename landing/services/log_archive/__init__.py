"""The log archive: buckets and a key in an account of their own, to which other services deliver."""
