"""`python -m landing`: as the command `landing`, without the working directory among the places of modules.

Python puts it first there. It is the checkout of a config, and a `click.py` or `json.py` in it would be run with the
user's credentials. What Python itself imports before this module it takes from there all the same, and so it would a
folder `landing`: only `landing` and `python -P -m landing` are safe in any folder.
"""

import os  # part of the interpreter, and loaded already, as sys is
import sys

if not sys.flags.safe_path and sys.path[0] != os.path.dirname(os.path.dirname(__file__)):
    del sys.path[0]

from landing.cli import main

main()
