"""Which points of elements correspond."""

import unittest
from pathlib import Path

import numpy as np

from learn.crops import ABSENT, PRESENT, CropSettings, Window, queries_of
from learn.points import corresponding_points, covered, points_without_counterpart
from learn.sets import Pair

NONE = [np.nan] * 4


def pair(source, target, rigid, change=()):
    boxes = (np.array(side, dtype=float) for side in (source, target))
    return Pair("p", Path("a"), Path("b"), change, ("box",) * len(rigid), *boxes, np.array(rigid))


class PointsTest(unittest.TestCase):
    def setUp(self):
        self.rng = np.random.default_rng(0)

    def test_a_rigid_element_corresponds_everywhere_in_proportion(self):
        points = corresponding_points(pair([[0, 0, 10, 20]], [[100, 50, 20, 10]], [True]), 50, self.rng)
        self.assertEqual(len(points.source), 50)
        np.testing.assert_allclose(points.target, points.source * [2, 0.5] + [100, 50])

    def test_another_element_corresponds_at_centre_edges_and_corners(self):
        points = corresponding_points(pair([[0, 0, 10, 20]], [[0, 0, 10, 20]], [False]), 200, self.rng)
        self.assertEqual(len({tuple(p) for p in points.source}), 9)

    def test_in_mirrored_layouts_left_edges_correspond_to_right_edges_except_in_rigid_elements(self):
        boxes = [[0, 0, 10, 20], [50, 0, 10, 20]]
        points = corresponding_points(pair(boxes, boxes, [False, True], ("right-to-left",)), 100, self.rng)
        soft, rigid = points.element == 0, points.element == 1
        np.testing.assert_allclose(points.target[soft], [10, 0] + points.source[soft] * [-1, 1])
        np.testing.assert_allclose(points.target[rigid], points.source[rigid])

    def test_a_point_belongs_to_the_smallest_element_around_it(self):
        boxes = [[0, 0, 100, 100], [40, 40, 20, 20]]
        points = corresponding_points(pair(boxes, boxes, [True, True]), 300, self.rng)
        inside = (np.abs(points.source - 50) <= 10).all(1)
        self.assertTrue((points.element[inside] == 1).all())
        self.assertTrue(covered(np.array(boxes, dtype=float), np.array([0]), np.array([[50.0, 50.0]]))[0])

    def test_an_element_of_one_image_gives_only_points_without_counterpart(self):
        lone = pair([[0, 0, 10, 10]], [NONE], [True])
        self.assertEqual(len(corresponding_points(lone, 10, self.rng).source), 0)
        self.assertEqual(len(points_without_counterpart(lone.source_boxes, lone.target_boxes, 10, self.rng)), 10)
        self.assertEqual(len(points_without_counterpart(lone.target_boxes, lone.source_boxes, 10, self.rng)), 0)


class QueriesTest(unittest.TestCase):
    def test_points_outside_the_other_window_are_absent_and_points_at_its_border_are_dropped(self):
        points = np.array([[10.0, 10], [20, 10], [30, 10]])
        places = np.array([[50.0, 50], [163, 50], [400, 50]])
        queries = queries_of(points, places, np.zeros((0, 2)), np.array([160, 160]), CropSettings(), np.random.default_rng(0))
        self.assertEqual(queries.points[queries.kind == PRESENT].tolist(), [[10, 10]])
        self.assertEqual(queries.points[queries.kind == ABSENT].tolist(), [[30, 10]])

    def test_windows_map_image_points_to_the_crop(self):
        np.testing.assert_allclose(Window(100, 50, 0.5).crop_points(np.array([[120.0, 90.0]])), [[10, 20]])


if __name__ == "__main__":
    unittest.main()
