"""moto, which answers what is not ours: the way to it, what is corrected inside it, and whether that is still needed.

`upstream` is the one door to moto; `patches` is the table of what is changed in it, `probes` and `corrections` tell
which of the changes a new moto has made superfluous. Begin with `upstream`.
"""
