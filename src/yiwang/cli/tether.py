"""A child of `yiwang up` that does not outlive it: `python -m yiwang.cli.tether MODULE ARGUMENT…` runs a module on a line to its parent.

The line is standard input: its other end closes with the parent, however that ended, kill -9 included.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading

STDIN = 0
# Longer than the web server gives its own workers; who has not ended by then is not going to.
GRACE_SECONDS = 15.0


def main() -> None:
    threading.Thread(target=_watch, daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _watch() -> None:
    # The bare descriptor: a thread that waits within sys.stdin would hold its lock when the interpreter ends.
    while os.read(STDIN, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(GRACE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
