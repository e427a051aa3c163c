"""What git is not to keep of the folder of a config."""

IGNORED = """\
# What landing keeps of its runs, and what it writes anew: plans are made for one moment, `synth` writes at any time.
.landing/
/plan*.json
/*.plan*
/synth/
# Reports, as in `landing drift --format html=drift.html`.
/drift.*
/*.sarif
/comment.md
"""
