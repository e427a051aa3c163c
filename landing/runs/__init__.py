"""A run, from the config to AWS: its steps, what it writes down, what earlier runs wrote, and the lock between two.

Imported by reports and the command line. Begin with `pipeline`.
"""
