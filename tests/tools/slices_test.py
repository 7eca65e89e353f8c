"""Slices of the full tests: everything once, heavy tests alone, none without a cost. Usage: slices_test.py BUILD."""

import sys
import unittest

import slices

BUILD = sys.argv.pop(1)


class Slices(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.costs = slices.full_tests(BUILD)

    def test_every_full_test_is_in_exactly_one_slice(self):
        for count in (1, 2, 3, 7, len(self.costs) + 2):
            parts = [slices.chosen(self.costs, f"{n}/{count}", "")[0] for n in range(1, count + 1)]
            self.assertEqual(sorted(sum(parts, [])), sorted(self.costs))

    def test_hashes_reach_every_slice_and_every_test_once(self):
        count = len(slices.fewest(self.costs))
        parts = [slices.chosen(self.costs, "auto", f"{n:x}")[0] for n in range(count)]
        self.assertEqual(sorted(sum(parts, [])), sorted(self.costs))

    def test_a_slice_of_several_stays_below_the_longest(self):
        for names in slices.fewest(self.costs):
            cost = sum(self.costs[name] for name in names)
            self.assertTrue(len(names) == 1 or cost <= slices.LONGEST, (names, cost))

    def test_a_heavy_test_stands_alone(self):
        costs = {"heavy": 2.0 * slices.LONGEST, "a": 10.0, "b": 20.0}
        self.assertEqual(slices.fewest(costs), [["heavy"], ["b", "a"]])

    def test_slices_are_balanced(self):
        costs = {f"t{i}": float(i) for i in range(1, 41)}
        loads = [sum(costs[name] for name in names) for names in slices.divided(costs, 4)]
        self.assertLess(max(loads) - min(loads), 5.0)

    def test_nonsense_is_refused(self):
        for which in ("0/3", "4/3", "1", "1/0", "many", "1/3/5"):
            with self.assertRaises(SystemExit):
                slices.chosen(self.costs, which, "0")


if __name__ == "__main__":
    unittest.main()
