"""A training learns, and resumes after an interruption with identical results."""

import json
import unittest
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import learn  # noqa: F401, I001 (before torch)

import numpy as np
import torch

import draw_toy_set
from learn.batches import Batches
from learn.crops import ABSENT, PADDING, PRESENT, CropSettings
from learn.diffusion import noised, signal_and_noise
from learn.loss import LossSettings, correspondence_loss, sample_descriptors
from learn.model import UiUnet, UiUnetConfig
from learn.objectives import losses
from learn.progress import Progress
from learn.run import Run
from learn.sets import read_set
from learn.settings import TrainingSettings, with_numbers

TINY = UiUnetConfig(level_channels=(8, 16, 32), time_embedding_channels=32, head_channels=16)
SETTINGS = TrainingSettings(warmup_steps=1)


class TrainingTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        (self.folder / "images").mkdir()
        lines = [draw_toy_set.draw_pair(self.folder, str(n), np.random.default_rng(n)) for n in range(2)]
        (self.folder / "pairs.jsonl").write_text("\n".join(map(json.dumps, lines)))
        self.batches = Batches(read_set(self.folder), 2, 0.5, CropSettings(), 0)

    def run_in(self, name):
        torch.manual_seed(0)
        return Run(self.folder / name, UiUnet(TINY), Progress(8, 0.3, 4, 0.2), SETTINGS, 0)

    def steps(self, run, count, objective="both"):
        taken = []
        for _ in range(count):
            loss, _ = losses(run, self.batches[run.step, 64], objective, torch.device("cpu"))
            run.update(loss)
            taken.append(loss.item())
        return taken

    def test_an_interrupted_training_resumes_exactly(self):
        whole, first, second = self.run_in("whole"), self.run_in("stopped"), self.run_in("stopped")
        expected = self.steps(whole, 4)
        self.steps(first, 2)
        first.save()
        self.assertTrue(second.resume())
        np.testing.assert_allclose(self.steps(second, 2), expected[2:], rtol=1e-5)

    def test_another_training_does_not_resume(self):
        first, same = self.run_in("one"), self.run_in("one")
        first.training["objective"] = same.training["objective"] = "both"
        first.save()
        self.assertTrue(same.resume())
        other = self.run_in("one")
        other.training |= {"objective": "correspond", "learning_rate": 1}
        with self.assertRaisesRegex(ValueError, "objective: both, not correspond.*--anew"):
            other.resume()

    def test_uses_bfloat16_only_on_processors_with_its_instructions(self):
        for has in (True, False):
            run, enabled = self.run_in(str(has)), []
            run.model.register_forward_pre_hook(lambda *_: enabled.append(torch.is_autocast_enabled("cpu")))
            with patch("torch.cpu._is_avx512_bf16_supported", return_value=has):
                losses(run, self.batches[0, 64], "correspond", torch.device("cpu"))
            self.assertEqual(enabled, [has])

    def test_every_objective_trains_its_own_head(self):
        for objective, head, other in (("denoise", "conv_out", "head"), ("correspond", "head", "conv_out")):
            run = self.run_in(objective)
            before = {name: value.clone() for name, value in run.model.state_dict().items()}
            self.steps(run, 1, objective)
            after = run.model.state_dict()
            self.assertFalse(torch.equal(before[f"{head}.weight"], after[f"{head}.weight"]), objective)
            self.assertTrue(torch.equal(before[f"{other}.bias"], after[f"{other}.bias"]), objective)

    def test_batches_are_reproducible(self):
        one, two, other = self.batches[3, 64], self.batches[3, 64], self.batches[4, 64]
        self.assertTrue(torch.equal(one["source"], two["source"]))
        self.assertFalse(torch.equal(one["source"], other["source"]))


    def test_a_whole_pair_fits_a_valid_canvas_completely(self):
        pairs = read_set(self.folder)
        whole = Batches(pairs, 2, 1, CropSettings(), 0)[0, 64]
        count, _, height, width = whole["source"].shape
        self.assertEqual((count, height % 32, width % 32), (1, 0, 0))
        self.assertEqual(whole["target"].shape, whole["source"].shape)
        # nothing is outside the window, so only removed elements have no counterpart
        kept = [replace(pair, target_boxes=pair.source_boxes, target=pair.source) for pair in pairs]
        kind = Batches(kept, 2, 1, CropSettings(), 0)[0, 64]["forward"]["kind"]
        self.assertEqual((kind == ABSENT).sum(), 0)
        self.assertGreater((kind == PRESENT).sum(), 100)


class LossTest(unittest.TestCase):
    def loss(self, kind, bin_similarity=0.5):
        """Distinct descriptors; each point matches its own cell."""
        descriptors = torch.eye(16).reshape(1, 16, 4, 4)
        queries = {
            "points": torch.tensor([[[6.0, 6.0]]]),
            "places": torch.tensor([[[6.0, 6.0]]]),
            "kind": torch.tensor([[kind]]),
        }
        model = UiUnet(TINY)
        model.no_counterpart.bias.data.fill_(bin_similarity)
        return correspondence_loss(model, descriptors, descriptors, {"forward": queries, "backward": queries}, LossSettings())

    def test_only_points_with_a_counterpart_count_as_correct_matches(self):
        self.assertEqual((self.loss(PRESENT).right, self.loss(PRESENT).absent_right), (1, 0))
        self.assertEqual((self.loss(ABSENT).right, self.loss(ABSENT).absent_right), (0, 0))
        self.assertEqual(self.loss(PADDING).loss, 0)

    def test_a_dustbin_above_all_similarities_always_wins(self):
        self.assertGreater(self.loss(PRESENT, bin_similarity=1.5).loss, self.loss(PRESENT).loss)
        self.assertEqual(self.loss(ABSENT, bin_similarity=1.5).absent_right, 1)

    def test_descriptors_are_sampled_at_cell_centres(self):
        descriptors = torch.eye(16).reshape(1, 16, 4, 4)
        sampled = sample_descriptors(descriptors, torch.tensor([[[6.0, 10.0]]]), 4)
        self.assertEqual(sampled[0, 0].argmax().item(), 2 * 4 + 1)


class SettingsTest(unittest.TestCase):
    def test_every_number_can_be_set(self):
        settings = with_numbers(
            TrainingSettings(), ["learning_rate=2e-4", "crops.queries=96", "crops.whole_long_sides=384,800", "betas=0.8,0.9"]
        )
        self.assertEqual((settings.learning_rate, settings.crops.queries, settings.betas), (2e-4, 96, (0.8, 0.9)))
        self.assertEqual((settings.crops.whole_long_sides, settings.crops.border_px), ((384, 800), CropSettings().border_px))

    def test_other_settings_are_rejected(self):
        for text in ("rate=1", "crops=1", "ema.x=1", "crops.rate=1", "ema=x", "betas=1", "crop_px=1.5", "ema"):
            with self.assertRaisesRegex(ValueError, text.split("=")[0]):
                with_numbers(TrainingSettings(), [text])


class ScheduleTest(unittest.TestCase):
    def test_noising_preserves_variance_and_v_recovers_the_image(self):
        t = torch.tensor([0, 500, 999])
        signal, strength = signal_and_noise(t)
        self.assertTrue(torch.allclose(signal**2 + strength**2, torch.ones_like(signal)))
        x, noise = torch.randn(3, 3, 4, 4), torch.randn(3, 3, 4, 4)
        xt, v = noised(x, t, noise)
        self.assertTrue(torch.allclose(signal * xt - strength * v, x, atol=1e-5))

    def test_the_decay_fills_the_last_share_of_the_budget(self):
        progress = Progress(10, 0.3, 4, 0.2)
        rates = [(progress.advance(1), progress.rate)[1] for _ in range(10)]
        np.testing.assert_allclose(rates, [1] * 7 + [2 / 3, 1 / 3, 0], atol=1e-6)
        self.assertTrue(progress.finished)

    def test_the_decay_begins_early_when_validation_stalls(self):
        progress = Progress(1000, 0.3, 2, 0.2)
        progress.advance(70)
        for score in (50, 50.1, 50.1):
            progress.validated(score)
        self.assertTrue(progress.decaying)
        progress.advance(30)
        self.assertTrue(progress.finished)


if __name__ == "__main__":
    unittest.main()
