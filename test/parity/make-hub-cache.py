"""Writes the cache that huggingface_hub creates when it downloads a repository from the tests' own hub.

    python test/parity/make-hub-cache.py

Output: daemon/test/fixtures/hub/cache-layouts.json, one listing per way of downloading: path below the cache → the
target of a link, or null for a file. Starts the hub with tsx. `shared` is what version 2 does for files that come by Xet.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
OUT = ROOT / "daemon/test/fixtures/hub/cache-layouts.json"


def download(cache: Path, hub: dict, layout: str) -> None:
    from huggingface_hub import hf_hub_download, snapshot_download
    from huggingface_hub.errors import EntryNotFoundError
    from huggingface_hub.utils._shared_blobs import publish_blob_to_shared_store

    repository = hub["repository"]
    snapshot = Path(snapshot_download(repository, cache_dir=cache))
    for path, xet_hash in hub["xet"].items() if layout == "shared" else ():
        blob = os.path.normpath((snapshot / path).parent / os.readlink(snapshot / path))
        if not os.path.islink(blob):
            size = os.path.getsize(blob)
            publish_blob_to_shared_store(
                blob_path=blob, xet_hash=xet_hash, cache_dir=cache, expected_size=size, replace_existing=False
            )
    try:
        hf_hub_download(repository, hub["absent"], cache_dir=cache)
    except EntryNotFoundError:
        pass


def listing(cache: Path) -> dict[str, str | None]:
    paths = sorted(path for path in cache.rglob("*") if path.is_symlink() or path.is_file())
    return {path.relative_to(cache).as_posix(): os.readlink(path) if path.is_symlink() else None for path in paths}


def in_child(hub: dict, layout: str) -> dict[str, str | None]:
    """In a child process: the package reads environment variables on import."""
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "HF_HOME": home, "HF_ENDPOINT": hub["url"], "HF_HUB_DISABLE_TELEMETRY": "1"}
        if layout == "copies":
            env["HF_HUB_DISABLE_SYMLINKS"] = "1"
        subprocess.run([sys.executable, __file__, home, layout, json.dumps(hub)], env=env, check=True)
        return listing(Path(home) / "hub")


def main() -> None:
    serve = ["npx", "tsx", str(ROOT / "test/parity/serve-hub.ts")]
    with subprocess.Popen(serve, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        hub = json.loads(server.stdout.readline())
        layouts = {layout: in_child(hub, layout) for layout in ("links", "copies", "shared")}
        server.stdin.close()
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(layouts, indent=2) + "\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        download(Path(sys.argv[1]) / "hub", json.loads(sys.argv[3]), sys.argv[2])
    else:
        main()
