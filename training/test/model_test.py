"""The network equals the one that the daemon compiles."""

import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

import learn  # noqa: F401, I001 (before torch)

import torch
from safetensors.torch import load_file

from learn.model import UiUnet, UiUnetConfig
from learn.weights import load_model, save_model

DAEMON = Path(__file__).parents[2] / "daemon"
TINY = UiUnetConfig(level_channels=(8, 16, 32), time_embedding_channels=32, head_channels=16)


class ModelTest(unittest.TestCase):
    def test_features_equal_the_reference_of_the_daemon(self):
        model, _ = load_model(DAEMON / "models/ui")
        reference = load_file(DAEMON / "test/fixtures/ui/parity.safetensors")
        for size in ("96x160", "160x96", "128x128"):
            with torch.no_grad():
                features = model.features(reference[f"input_{size}"])
            expected = reference[f"features_{size}"]
            self.assertEqual(features.shape, expected.shape)
            self.assertLess(((features - expected).norm() / expected.norm()).item(), 1e-5)

    def test_a_saved_model_loads_rounded_to_fp16(self):
        model = UiUnet(TINY)
        with TemporaryDirectory() as folder:
            save_model(model, Path(folder))
            back, has_dustbin = load_model(Path(folder))
        self.assertTrue(has_dustbin)
        self.assertEqual(back.config, TINY)
        for name, tensor in model.state_dict().items():
            self.assertTrue(torch.equal(back.state_dict()[name], tensor.half().float()), name)

    def test_descriptors_have_unit_length(self):
        descriptors = UiUnet(TINY).features(torch.rand(1, 3, 32, 48))
        self.assertEqual(descriptors.shape, (1, 16, 8, 12))
        self.assertTrue(torch.allclose(descriptors.norm(dim=1), torch.ones(1, 8, 12)))


if __name__ == "__main__":
    unittest.main()
