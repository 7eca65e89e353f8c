#!/usr/bin/python3
"""docs/claims.md leaves nothing out: every equation of the paper has one row, and every row a verdict and files that exist."""
import pathlib
import re
import unittest

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/claims.md"
EQUATIONS = range(1, 112)


class Claims(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text = PAGE.read_text()
        tables = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in cls.text.splitlines() if line.startswith("|")]
        assert all(len(row) in (2, 5) for row in tables), [row for row in tables if len(row) not in (2, 5)]
        cls.rows = [row for row in tables if len(row) == 5 and row[4] not in ("verdict", "---")]

    def test_every_equation_has_one_row(self):
        numbers = [int(found[1]) for row in self.rows if (found := re.fullmatch(r"\((\d+)\)", row[0]))]
        self.assertEqual(numbers, list(EQUATIONS))

    def test_every_row_has_a_verdict(self):
        for row in self.rows:
            self.assertRegex(row[4], "^(definition|holds|does not hold|not tried yet)", row[0])
            if "not tried" in row[4] and row[2] == "–" and not row[3].startswith("see "):
                self.assertRegex(row[3], "(?i)would try it|nearest|stated|said of|constructs none|word ought", row[0])

    def test_links_lead_somewhere(self):
        for target in re.findall(r"\]\(([^)#]+)", self.text):
            self.assertTrue((PAGE.parent / target).exists(), target)


if __name__ == "__main__":
    unittest.main()
