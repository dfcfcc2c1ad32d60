"""
Shared code of the training commands.

Import it before torch: OpenMP reads its settings once. Idle threads sleep instead of spinning, because on shared cores spinning
makes a step ten times as slow.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
