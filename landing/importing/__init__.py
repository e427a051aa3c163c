"""A config for what is there already: read from a living organization, or from the files of another tool.

Each source gives a `Draft`, and one writer makes a config folder of it. Nothing here changes anything in AWS, and
nothing is left out in silence. Imported by nothing but `cli`. Begin with `draft`, then `live` and `folder`.
"""
