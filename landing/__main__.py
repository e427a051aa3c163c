"""`python -m landing`."""

from landing.cli import main

main()
