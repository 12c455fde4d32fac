"""python -m ftlint is ftlint."""

import os
import subprocess
import sys

from ftlint import find_ftlint


def main() -> None:
    program = find_ftlint()
    if os.name != "nt":
        os.execv(program, [program, *sys.argv[1:]])
    # Windows has no exec: what it calls so ends this process before the other does.
    try:
        sys.exit(subprocess.run([program, *sys.argv[1:]]).returncode)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
