"""`python -m drawbar`, the same as the command `drawbar`."""

from drawbar.cli import main

main()
