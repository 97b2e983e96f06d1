"""``python -m fakeim`` is ``fakeim``."""

from __future__ import annotations

from fakeim.cli import main

if __name__ == "__main__":
    main()
