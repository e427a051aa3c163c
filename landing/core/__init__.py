"""Values that everything else passes around, and data about AWS.

No calls, no config, no policy engine here; it imports nothing else of `landing`. Imported by all. Begin with `model`.
"""
