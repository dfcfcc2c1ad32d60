"""The element matcher equals the one that the daemon compiles, learns, and resumes after an interruption."""

import json
import unittest
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import learn  # noqa: F401, I001 (before torch)

import numpy as np
import torch
from safetensors.torch import load_file

import draw_toy_set
from learn.element_matcher import ElementMatcher, ElementMatcherConfig, Elements, geometry, load_matcher, save_matcher
from learn.element_pairs import (
    PLACES,
    PairElements,
    ImageElements,
    batch,
    matching_loss,
    score_elements,
    extract_pairs,
    whole_example,
)
from learn.model import UiUnet, UiUnetConfig
from learn.progress import Progress
from learn.run import Run
from learn.sets import read_set
from train_elements import ElementSettings, train

DAEMON = Path(__file__).parents[2] / "daemon"
FEATURES = UiUnetConfig(level_channels=(8, 16, 32), time_embedding_channels=32, head_channels=16)
TINY = ElementMatcherConfig(column_channels=5 * 16, width=32, heads=2, layers=2)


class ElementsTest(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(0)
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        (self.folder / "images").mkdir()
        lines = [draw_toy_set.draw_pair(self.folder, str(n), np.random.default_rng(n)) for n in range(3)]
        (self.folder / "pairs.jsonl").write_text("\n".join(map(json.dumps, lines)))
        self.features = UiUnet(FEATURES).eval()
        self.pairs = extract_pairs(read_set(self.folder), self.features)

    def test_logits_equal_the_reference_of_the_daemon(self):
        reference = load_file(DAEMON / "test/fixtures/ui/parity.safetensors")
        sides = []
        for prefix in ("elements_", "other_elements_"):
            size = tuple(reference[f"{prefix}size"].tolist())
            at = geometry(reference[f"{prefix}boxes"], size)
            self.assertTrue(torch.allclose(at, reference[f"{prefix}geometry"], atol=1e-5))
            descriptors, dustbin = reference[f"{prefix}columns"], reference[f"{prefix}none"]
            sides.append(Elements(descriptors[None], at[None], dustbin[None], torch.ones(1, len(dustbin), dtype=torch.bool)))
        with torch.no_grad():
            found = load_matcher(DAEMON / "models/ui")(*sides)[-1]
        for name, values in (("logits", found.logits), ("matched_none", found.dustbin), ("other_matched_none", found.other_dustbin)):
            expected = reference[name]
            self.assertLess(((values[0] - expected).norm() / expected.norm()).item(), 1e-5, name)

    def test_a_saved_matcher_loads_rounded_to_fp16(self):
        matcher = ElementMatcher(TINY)
        save_matcher(matcher, self.folder)
        back = load_matcher(self.folder)
        self.assertEqual(back.config, TINY)
        for name, tensor in matcher.state_dict().items():
            self.assertTrue(torch.equal(back.state_dict()[name], tensor.half().float()), name)

    def test_padding_does_not_change_the_result(self):
        matcher = ElementMatcher(TINY).eval()
        fewer = PairElements(False, _first(9, self.pairs[0].source), _first(12, self.pairs[0].target))
        small, large = (whole_example(pair, self.features, words=True, covered_too=True) for pair in (fewer, self.pairs[1]))
        alone, beside = batch([small]), batch([small, large])
        n, m = small.same.shape
        with torch.no_grad():
            expected = matcher(alone.source, alone.target)[-1].logits[0]
            found = matcher(beside.source, beside.target)[-1].logits[0, :n, :m]
        self.assertTrue(torch.allclose(found, expected, atol=1e-4))

    def test_scores_matches_and_missing_counterparts(self):
        side = _side([0, 1], torch.tensor([[0, 0, 10, 10], [20, 0, 10, 10.0]]))
        matcher = _matcher().eval()
        scores = score_elements([PairElements(False, side, side)], self.features, matcher, words=True, covered_too=True)
        self.assertEqual(scores, {"elements": 2, "right_element": 100.0})
        none = score_elements([], self.features, matcher, words=True, covered_too=True)
        self.assertEqual(none, {"elements": 0})
        other = _side([0, 2], torch.tensor([[0, 0, 10, 10], [40, 40, 10, 10.0]]))
        absent = score_elements([PairElements(False, side, other)], self.features, matcher, words=True, covered_too=True)
        self.assertEqual((absent["elements"], absent["no_counterpart"]["share"]), (1, 50.0))

    def test_elements_with_the_same_box_count_as_one(self):
        boxes = torch.tensor([[0, 0, 10, 10], [0, 0, 10, 10], [20, 0, 10, 10.0]])
        here = _side([0, 1, 2], boxes)
        there = _side([0, 2, 3], boxes[[0, 2, 2]])
        same = whole_example(PairElements(False, here, there), self.features, words=True, covered_too=True).same
        self.assertEqual(same.tolist(), [[True, False, False], [True, False, False], [False, True, True]])

    def test_mirrors_the_places_in_mirrored_layouts(self):
        side = _side([0, 1], torch.tensor([[0, 0, 10, 10], [20, 0, 10, 10.0]]))
        kept, mirrored = (
            whole_example(PairElements(turned, side, side), self.features, words=True, covered_too=True) for turned in (False, True)
        )
        channels = FEATURES.head_channels
        left, right = (slice(n * channels, (n + 1) * channels) for n in (1, 2))
        self.assertTrue(torch.equal(mirrored.source.descriptors, kept.source.descriptors))
        self.assertTrue(torch.equal(mirrored.target.descriptors[:, left], kept.target.descriptors[:, right]))

    def test_excludes_covered_elements_and_words(self):
        side = _side([0, 1, 2], torch.rand(3, 4) + 1, covered=[True, False, False], word=[False, True, False])
        pair = PairElements(False, side, side)
        count = lambda words, covered_too: len(whole_example(pair, self.features, words, covered_too).source.mask)  # noqa: E731
        self.assertEqual([count(True, True), count(True, False), count(False, True)], [3, 2, 2])
        self.assertIsNone(whole_example(pair, self.features, words=False, covered_too=False))

    def test_training_improves_the_scores(self):
        run = self._train("learns", 40)
        whole = batch([whole_example(pair, self.features, words=True, covered_too=True) for pair in self.pairs])
        with torch.no_grad():
            before, after = (
                matching_loss(matcher.eval()(whole.source, whole.target)[-1], whole).item() for matcher in (_matcher(), run.model)
            )
        self.assertLess(after, before - 0.5)

    def test_an_interrupted_training_resumes_exactly(self):
        whole = self._train("whole", 6)
        stopped = self._run("stopped", 6)
        update = stopped.update

        def update_until_stopped(loss):
            if stopped.step == 3:
                stopped.save()
                raise KeyboardInterrupt
            update(loss)

        stopped.update = update_until_stopped
        with self.assertRaises(KeyboardInterrupt):
            train(stopped, self.pairs, self.pairs, self.features, by_steps=True)
        again = self._run("stopped", 6)
        self.assertTrue(again.resume())
        train(again, self.pairs, self.pairs, self.features, by_steps=True)
        self.assertEqual(again.step, whole.step)
        for name, tensor in whole.model.state_dict().items():
            torch.testing.assert_close(again.model.state_dict()[name], tensor, msg=name)

    def test_extracted_features_are_cached(self):
        kept = self.folder / "features"
        first = extract_pairs(read_set(self.folder), self.features, kept)
        for picture in (self.folder / "images").iterdir():
            picture.unlink()
        again = extract_pairs(read_set(self.folder), self.features, kept)
        self.assertTrue(torch.equal(first[0].source.descriptors, again[0].source.descriptors))

    def _run(self, name, steps):
        settings = ElementSettings(pairs_per_step=2, warmup_steps=1, learning_rate=2e-3)
        return Run(self.folder / name, _matcher(), Progress(steps, 0.5, 0, 0), settings, 0)

    def _train(self, name, steps):
        run = self._run(name, steps)
        train(run, self.pairs, self.pairs, self.features, by_steps=True)
        return run


def _matcher() -> ElementMatcher:
    torch.manual_seed(0)
    return ElementMatcher(TINY, dropout=0.1)


def _first(count: int, side: ImageElements) -> ImageElements:
    arrays = ("index", "boxes", "covered", "word", "descriptors")
    return replace(side, **{name: getattr(side, name)[:count] for name in arrays})


def _side(index, boxes, covered=None, word=None) -> ImageElements:
    descriptors = torch.randn(len(boxes), len(PLACES), FEATURES.head_channels, generator=torch.Generator().manual_seed(1))
    flags = (np.array(values or [False] * len(boxes)) for values in (covered, word))
    return ImageElements(np.array(index), boxes, (100, 100), *flags, descriptors)


if __name__ == "__main__":
    unittest.main()
