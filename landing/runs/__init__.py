"""What a run of `apply` writes down, what earlier runs wrote, and the lock that keeps two apart.

Imported by reports and the command line. Begin with `record`.
"""
