"""
What the commands beside this package share.

Imported before torch, since OpenMP reads its settings once: idle threads wait instead of turning. Where cores are shared
with others, turning made a step take ten times as long.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
