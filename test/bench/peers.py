"""Points found by classic local features, with OpenCV.

    python -m venv venv && venv/bin/pip install -r test/bench/requirements-peers.txt
    npm run bench -- peers --python venv/bin/python [--pairs DIR]

The argument is a JSON file with a list of pairs, `{ "source": file, "target": file, "points": [[x, y], ...] }`. Output, by
method: `{ "points": [[[x, y] or null, ...], ...], "seconds": [...] }`, both with one entry per pair, in seconds of
processor time.
"""

import json
import sys
import time

import cv2
import numpy

# dense descriptors: the grid of the target; patches of 24, 48 and 96 pixels, which are 24 in smaller images
STEP_PX = 6
SIZE_PX = 4
SHRINK = (1, 2, 4)
# Lowe's ratio, and the inlier threshold of RANSAC
RATIO = 0.8
INLIER_PX = 4


def root(descriptors: numpy.ndarray) -> numpy.ndarray:
    """RootSIFT (Arandjelovic and Zisserman, 2012)."""
    return numpy.sqrt(descriptors / numpy.maximum(descriptors.sum(1, keepdims=True), 1e-9))


def patches(sift: cv2.SIFT, image: numpy.ndarray, points: list) -> numpy.ndarray:
    """Upright descriptors of several patches around each point, one after another."""
    height, width = image.shape
    stacked = []
    for factor in SHRINK:
        side = (max(1, width // factor), max(1, height // factor))
        smaller = cv2.resize(image, side, interpolation=cv2.INTER_AREA)
        keypoints = [cv2.KeyPoint(x / factor, y / factor, SIZE_PX, 0) for x, y in points]
        stacked.append(root(sift.compute(smaller, keypoints)[1]))
    return numpy.concatenate(stacked, 1)


def dense_root_sift(source: numpy.ndarray, target: numpy.ndarray, points: list) -> list:
    sift = cv2.SIFT_create()
    height, width = target.shape
    grid = [(x, y) for y in range(STEP_PX // 2, height, STEP_PX) for x in range(STEP_PX // 2, width, STEP_PX)]
    best = (patches(sift, source, points) @ patches(sift, target, grid).T).argmax(1)
    return [list(grid[index]) for index in best]


def by_homography(detector: cv2.Feature2D, norm: int, source, target, points: list) -> list:
    """Sparse matches by the ratio test, a homography by RANSAC, and the points mapped by it."""
    nowhere = [None] * len(points)
    (from_points, from_descriptors), (to_points, to_descriptors) = (
        detector.detectAndCompute(image, None) for image in (source, target)
    )
    if from_descriptors is None or to_descriptors is None or len(to_points) < 2:
        return nowhere
    nearest = cv2.BFMatcher(norm).knnMatch(from_descriptors, to_descriptors, 2)
    good = [first for first, second in nearest if first.distance < RATIO * second.distance]
    if len(good) < 4:
        return nowhere
    homography, _ = cv2.findHomography(
        numpy.float32([from_points[match.queryIdx].pt for match in good]),
        numpy.float32([to_points[match.trainIdx].pt for match in good]),
        cv2.RANSAC,
        INLIER_PX,
    )
    if homography is None:
        return nowhere
    return cv2.perspectiveTransform(numpy.float32([points]), homography)[0].tolist()


METHODS = {
    "dense RootSIFT": dense_root_sift,
    "SIFT + RANSAC": lambda *pair: by_homography(cv2.SIFT_create(), cv2.NORM_L2, *pair),
    "AKAZE + RANSAC": lambda *pair: by_homography(cv2.AKAZE_create(), cv2.NORM_HAMMING, *pair),
}


def main() -> None:
    cv2.setRNGSeed(0)
    with open(sys.argv[1], encoding="utf-8") as file:
        pairs = json.load(file)
    results = {name: {"points": [], "seconds": []} for name in METHODS}
    for pair in pairs:
        source, target = (cv2.imread(pair[side], cv2.IMREAD_GRAYSCALE) for side in ("source", "target"))
        for name, method in METHODS.items():
            begin = time.process_time()
            results[name]["points"].append(method(source, target, pair["points"]))
            results[name]["seconds"].append(time.process_time() - begin)
    json.dump(results, sys.stdout)


main()
