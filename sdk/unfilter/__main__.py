"""`python -m unfilter`: the command `unfilter`, where a launcher such as torchrun wants a module."""

import sys

from unfilter.cli import main

if __name__ == "__main__":
    sys.exit(main())
