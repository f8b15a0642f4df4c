"""`python -m hub.cli` is `tuo`."""

from hub.cli import main

main()
