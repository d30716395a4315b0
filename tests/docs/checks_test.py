#!/usr/bin/env python3
"""The checks of the documentation notice what they are there for."""

import tempfile
import unittest
from pathlib import Path

import apply_diffs
import check_extended
import check_links
import check_snippets
import check_tables
import run_page


class tree(unittest.TestCase):
    """A case with an empty folder."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.root = Path(holder.name)

    def write(self, name, text):
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file


class links(tree):
    def complaints(self, text):
        self.write("docs/page.md", text)
        self.write("src/domain/error.hpp", "")
        self.write("docs/other.md", "# A `title`, and more\n")
        return list(check_links.complaints(self.root))

    def test_what_is_there_passes(self):
        self.assertEqual(
            self.complaints(
                "[a](other.md) [b](other.md#a-title-and-more) [c](https://x.org/y) [d](#here)\n"
                "# Here\n`src/domain/error.hpp` `domain/error.hpp` `error.hpp` `{a,b}.hpp`\n"
            ),
            [],
        )

    def test_what_is_missing_is_named_with_its_line(self):
        for text, what in [
            ("[a](none.md)", "there is no none.md"),
            ("[a](other.md#none)", "other.md has no heading #none"),
            ("[a](#none)", "page.md has no heading #none"),
            ("see `src/none.hpp`", "there is no src/none.hpp"),
            ("see `none.cpp`", "there is no none.cpp"),
            ("see `scripts/none`", "there is no scripts/none"),
        ]:
            self.assertEqual(self.complaints("\n" + text), [f"docs/page.md:2: {what}"])

    def test_blocks_of_code_are_passed_over(self):
        self.assertEqual(self.complaints("```\n[a](none.md) `none.hpp`\n```\n"), [])


class snippets(tree):
    def complaints(self, guide):
        self.write("a.cpp", "  // [snippet one]\n  int a;\n    int b;\n  // [/snippet]\nint c;\n")
        self.known = check_snippets.all_regions(self.root)
        return list(check_snippets.complaints("guide.md", guide, self.known))

    def test_the_same_code_passes(self):
        self.assertEqual(self.complaints("```cpp one\nint a;\n  int b;\n```\n"), [])

    def test_other_code_is_found_and_brought_up_to_date(self):
        guide = "text\n```cpp one\nint z;\n```\n"
        self.assertEqual(
            self.complaints(guide), ["guide.md:3: differs from the snippet one"]
        )
        self.assertEqual(self.complaints(check_snippets.updated(guide, self.known)), [])

    def test_unknown_unnamed_and_forgotten_snippets_are_found(self):
        self.assertEqual(
            self.complaints("```cpp two\n```\n```cpp\n```\n"),
            [
                "guide.md:2: there is no snippet two",
                "guide.md:4: code without the name of a snippet",
                "guide.md: the snippet one is not shown",
            ],
        )

    def test_broken_marks_are_refused(self):
        for text in [
            "// [snippet a]\n",
            "// [/snippet]\n",
            "// [snippet a]\n// [snippet b]\n// [/snippet]\n",
        ]:
            with self.assertRaises(ValueError):
                check_snippets.regions(text, "a.cpp")


class diffs(tree):
    def changed(self, hunk):
        self.write("f.cpp", "a\nb\n\nc\na\n")
        guide = self.write("guide.md", f"```diff g\n--- f.cpp\n@@\n{hunk}```\n")
        return apply_diffs.changed_files(guide, "g", self.root)

    def test_a_hunk_that_fits_changes_a_copy(self):
        self.assertEqual(self.changed(" b\n\n-c\n+d\n+e\n"), {"f.cpp": "a\nb\n\nd\ne\na\n"})
        self.assertEqual((self.root / "f.cpp").read_text(), "a\nb\n\nc\na\n")

    def test_hunks_add_up(self):
        self.assertEqual(self.changed(" b\n+x\n@@\n-c\n"), {"f.cpp": "a\nb\nx\n\na\n"})

    def two_groups(self, first, second):
        self.write("f.cpp", "a\nb\nc\n")
        guide = self.write(
            "guide.md", "".join(f"```diff {g}\n--- f.cpp\n@@\n{h}```\n" for g, h in (("g", first), ("h", second)))
        )
        return apply_diffs.changed_by_all(guide, ["g", "h"], self.root)

    def test_groups_add_up(self):
        self.assertEqual(self.two_groups(" b\n+x\n", " b\n+y\n"), {"f.cpp": "a\nb\ny\nx\nc\n"})

    def test_groups_that_need_or_disturb_each_other_are_refused(self):
        for second in (" x\n+y\n", " b\n c\n+y\n"):
            with self.assertRaisesRegex(apply_diffs.misfit, "guide.md:10"):
                self.two_groups(" b\n+x\n", second)

    def test_what_is_as_it_was_is_not_written(self):
        file = self.write("f.cpp", "a\n")
        before = file.stat().st_mtime_ns
        apply_diffs.write_if_other(file, "a\n")
        self.assertEqual(file.stat().st_mtime_ns, before)
        apply_diffs.write_if_other(file, "b\n")
        self.assertEqual(file.read_text(), "b\n")

    def test_a_hunk_that_fits_nowhere_or_twice_is_refused(self):
        for hunk in [" z\n+x\n", " a\n+x\n"]:
            with self.assertRaisesRegex(apply_diffs.misfit, "guide.md:4"):
                self.changed(hunk)


class extended(tree):
    NAMED = {
        "changed/src/actors/CMakeLists.txt": "    own.cpp\n",
        "changed/tests/actors/CMakeLists.txt": "    own_test.cpp\n",
        "changed/docs/architecture.md": "\n## Actors\n| a | b |\n|---|---|\n| `own` | x |\n",
    }

    def complaints(self, without=None):
        for name in ("src/actors/own.cpp", "own_test.cpp", "src/storage/kept.cpp", "kept_test.cpp"):
            self.write(f"examples/{name}", "")
        self.write("changed/src/actors/interfaces.hpp", "using own_actor = x;\n")
        for name, text in self.NAMED.items():
            self.write(name, text.replace("own", "other") if name == without else text)
        return list(check_extended.complaints(self.root / "changed", self.root / "examples"))

    def test_what_is_in_all_lists_passes(self):
        self.assertEqual(self.complaints(), [])

    def test_each_list_is_looked_at(self):
        for name in self.NAMED:
            self.assertNotEqual(self.complaints(without=name), [], name)


class tables(tree):
    LAYERS = {
        "domain": set(),
        "storage": {"domain"},
        "actor_api": {"domain"},
        "actors": {"actor_api", "domain"},
    }
    PAGE = (
        "# A\n\n## Layers\n\n  storage --> domain\n\n| layer | holds | may include |\n|---|---|---|\n"
        "| `src/domain` | values | the standard library |\n| `src/storage` | engines | domain, SQLite |\n"
        "| `src/actors` | actors | domain, CAF |\n\n## Actors\n\n| actor | owns |\n|---|---|\n"
        "| `directory` | names |\n"
    )
    INTERFACES = "using directory_actor = caf::typed_actor<\n"

    def layers(self, before="", after=""):
        return list(check_tables.layer_complaints(self.PAGE.replace(before, after), self.LAYERS))

    FILES = {"index": "README.md", "a": "0001-a.md", "b": "0002-b.md"}

    def decisions(self, name="a", before="", after=""):
        files = {
            "README.md": "# Decisions\n\n| number | decision | state |\n|---|---|---|\n"
            "| [0001](0001-a.md) | A | superseded by [0002](0002-b.md) |\n"
            "| [0002](0002-b.md) | B | in force |\n",
            "0001-a.md": "# 0001: A\n\nSuperseded by [0002](0002-b.md).\n",
            "0002-b.md": "# 0002: B\n\nSupersedes [0001](0001-a.md).\n",
        }
        changed = self.FILES[name]
        files[changed] = files[changed].replace(before, after)
        for file, text in files.items():
            self.write("adr/" + file, text)
        return list(check_tables.decision_complaints(self.root / "adr"))

    def test_right_tables_pass(self):
        self.assertEqual(self.layers(), [])
        self.assertEqual(list(check_tables.actor_complaints(self.PAGE, self.INTERFACES)), [])
        self.assertEqual(self.decisions(), [])

    def test_a_layer_that_is_missing_or_told_otherwise_is_found(self):
        self.assertEqual(
            self.layers("| `src/storage` | engines | domain, SQLite |\n"),
            ["architecture.md: the layer storage is not in the table"],
        )
        for after in ("SQLite", "domain, actors"):
            self.assertEqual(
                self.layers("domain, SQLite", after), ["architecture.md: storage may include domain"]
            )
        self.assertEqual(
            self.layers("storage -->", "domain --> storage\n  storage -->"),
            ["architecture.md: the diagram lets domain include storage"],
        )

    def test_an_actor_that_is_on_one_side_only_is_found(self):
        for page, interfaces, where in (
            (self.PAGE, "", "the table"),
            (self.PAGE.replace("| `directory` | names |\n", ""), self.INTERFACES, "interfaces.hpp"),
        ):
            found = list(check_tables.actor_complaints(page, interfaces))
            self.assertEqual(found, [f"architecture.md: the actor directory is only in {where}"])

    def test_decisions_that_do_not_know_of_each_other_are_found(self):
        forth, back = "Superseded by [0002](0002-b.md)", "Supersedes [0001](0001-a.md)"
        for name, before, after, complaint in (
            ("a", forth, "", f"adr/0001-a.md: does not say '{forth}'"),
            ("b", back, "", f"adr/0002-b.md: does not say '{back}'"),
            ("b", "(0001-a.md)", "(a.md)", "adr/0002-b.md: 0001 is not a.md"),
            ("index", forth.lower(), "in force", f"adr/README.md: the state of 0001 is '{forth.lower()}'"),
            ("index", "in force", "superseded", "adr/README.md: the state of 0002 is 'in force'"),
            ("index", "| [0002]", "[0002]", "adr/README.md: 0002 is not in the table"),
            ("b", "# 0002: B", "# 0002: C", "adr/README.md: 0002 has another file or title"),
        ):
            with self.subTest(complaint):
                self.assertIn(complaint, self.decisions(name, before, after))


class readme(tree):
    def complaints(self, text):
        commands = run_page.steps(text, "127.0.0.1:9")
        status, outputs, _ = run_page.run(commands, self.root)
        return list(run_page.complaints("README.md", commands, status, outputs))

    def test_blocks_run_in_one_shell_and_print_what_is_shown(self):
        self.assertEqual(
            self.complaints(
                "```sh\na=127.0.0.1:4775\n```\n```console\n$ false\n```\n"
                "```sh\necho $a\n```\n\n```text\n127.0.0.1:4775\n```\n"
            ),
            [],
        )

    def test_a_command_that_fails_is_found(self):
        found = self.complaints("```sh\ntrue\n```\n```sh\nfalse | true\n```\n```sh\ntrue\n```\n")
        self.assertEqual(found, ["README.md:5: a command of this block failed (1)"])

    def test_an_ellipsis_stands_for_anything(self):
        self.assertEqual(self.complaints("```sh\necho a; echo 12; echo c\n```\n```text\na\n…\nc\n```\n"), [])
        self.assertEqual(len(self.complaints("```sh\necho ab\n```\n```text\na…c\n```\n")), 1)

    def test_blocks_that_no_test_runs_are_found(self):
        page = "```sh\n```\n```yaml a.yml\n```\n```js node\n```\n```console\n```\n```json x\n```\n"
        self.assertEqual(
            list(run_page.strangers("a.md", page, {"node"})),
            ["a.md:8: a block that no test runs: console ", "a.md:10: a block that no test runs: json x"],
        )

    def test_other_output_is_found(self):
        found = self.complaints("```sh\necho a\n```\n```text\nb\n```\n")
        self.assertEqual(len(found), 1)
        self.assertRegex(found[0], "^README.md:2: prints\na")


if __name__ == "__main__":
    unittest.main()
