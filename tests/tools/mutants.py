#!/usr/bin/env python3
"""make mutants: what could be wrong in the source without a test that notices?

Makes one change at a time to what coverage.py saw a unit test reach, builds
the one file, and runs the tests that reach the line. A change that every one
of them passes survives: it means the same (judge it), or a test is missing.

N=500 changes that mean something else to the compiler, picked by SEED=1, by
JOBS at a time. The pick goes by the text of a line and not by its number, so
that most of it is the same when other lines have moved. AT=FILE:LINE:COLUMN
tries what there is at one place. `mutants.py check` tries this tool on a
sample. What became of each change stays in build/mutants/verdicts.
"""
import collections
import concurrent.futures
import hashlib
import itertools
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading

import coverage
from coverage import ROOT

BUILD = "build/mutants"
FOLDERS = ("session", "policy", "http", "gateway", "store", "cloudinary")
FLAGS = (f"BUILD={BUILD}", "OPT=-O1 -fPIC", "LTO=", "HARDEN=", "LDHARD=", f"LIBRARY={BUILD}/libsignpost.so")
# A test that does nothing more, and one that does the same for ever: processor
# time, which a busy machine does not use up, to so many times what it took.
PATIENCE, CPU_SECONDS, CPU_TIMES = 180, 20, 10
# Memory for a change that asks for ever more, in KiB.
MEMORY = 4 << 20

TOKEN = re.compile(r'''
  (?P<space>\s+ | /\*.*?\*/ | //[^\n]* | ^[ \t]*\#(?:\\\n|[^\n])*)
| (?P<text>"(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*')
| (?P<word>[A-Za-z_]\w*)
| (?P<number>\d[\w.]*)
| (?P<sign><<= | >>= | -> | \+\+ | -- | << | >> | [<>=!]= | && | \|\| | [-+*/%&|^]= | .)
''', re.S | re.M | re.X)
SWAPS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "&&": "||", "||": "&&"}
# Promises: nothing happens when they are kept.
NO_CALLS = {"if", "while", "for", "switch", "return", "sizeof", "must", "assert", "static_assert"}

Token = collections.namedtuple("Token", "kind text start end")
Change = collections.namedtuple("Change", "file line column start end new what order")


def tokens_of(text):
    """The tokens of a C file, without what is no code."""
    return [Token(m.lastgroup, m.group(), m.start(), m.end())
            for m in TOKEN.finditer(text) if m.lastgroup != "space"]


def bracket(tokens, i, step=1):
    """The index of the other one of the pair of brackets at i."""
    depth = 0
    while 0 <= i < len(tokens) - 1:
        depth += {"(": 1, ")": -1}.get(tokens[i].text, 0)
        if depth == 0:
            break
        i += step
    return i


def begins(tokens, i):
    """Whether a statement begins at i."""
    before = tokens[i - 1].text
    if before == ")":
        return tokens[bracket(tokens, i - 1, -1) - 1].text in ("if", "for", "while", "switch")
    if before == ":":
        start = max(j for j in range(i) if tokens[j].text in ("{", "}", ";"))
        return all(token.text != "?" for token in tokens[start:i])
    return before in (";", "{", "}", "else", "do")


def statements(tokens):
    """Calls and early returns that are statements: (index of the first token, of the semicolon, what)."""
    depth = 0
    for i, token in enumerate(tokens):
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if depth < 1 or (token.kind != "word" and token.text != "(") or not begins(tokens, i):
            continue
        if token.text == "return":
            end = next(j for j in range(i, len(tokens)) if tokens[j].text == ";")
            if depth > 1 or tokens[end + 1].text != "}":
                yield i, end, "the return dropped"
            continue
        name = i + 3 if [t.text for t in tokens[i:i + 3]] == ["(", "void", ")"] else i
        while tokens[name].kind == "word" and tokens[name + 1].text in (".", "->"):
            name += 2
        if tokens[name].kind != "word" or tokens[name].text in NO_CALLS or tokens[name + 1].text != "(":
            continue
        end = bracket(tokens, name + 1) + 1
        if end < len(tokens) and tokens[end].text == ";":
            yield i, end, f"the call of {tokens[name].text} dropped"


def replacements(tokens):
    """Every change: (start, end, the new text, what it is)."""
    for i, token in enumerate(tokens[:-1]):
        if token.kind == "sign" and token.text in SWAPS:
            yield token.start, token.end, SWAPS[token.text], f"{token.text} became {SWAPS[token.text]}"
        elif token.text == "!":
            yield token.start, token.end, " ", "! dropped"
        elif token.kind == "number" and (tokens[i - 1].text, tokens[i + 1].text) != ("{", "}"):
            number = re.fullmatch(r"(0[xX][0-9a-fA-F]+|0|[1-9]\d*)([uUlL]*)", token.text)
            for step in (1, -1) if number else ():
                value = int(number[1], 0) + step
                if value >= 0:
                    new = (hex(value) if number[1][:2].lower() == "0x" else str(value)) + number[2]
                    yield token.start, token.end, new, f"{token.text} became {new}"
    for first, end, what in statements(tokens):
        yield tokens[first].start, tokens[end].end, ";", what


def changes(file, seed):
    """Every change of one file, each with its place in the order of the seed."""
    text = (ROOT / file).read_text()
    lines = text.split("\n")
    for start, end, new, what in replacements(tokens_of(text)):
        line = text.count("\n", 0, start) + 1
        column = start - text.rfind("\n", 0, start)
        # Whatever is below stays on its line.
        new += "\n" * text.count("\n", start, end)
        key = f"{seed} {file} {lines[line - 1]} {column} {what}"
        order = hashlib.sha256(key.encode()).hexdigest()
        yield Change(file, line, column, start, end, new, what, order)


class Tree:
    """The build of what is there, and which tests reach which line."""

    def __init__(self):
        record = coverage.recorded()
        self.lines = record["lines"]
        self.seconds = {name: test["seconds"] for name, test in record["tests"].items()}
        self.reached = collections.defaultdict(list)
        for name, test in record["tests"].items():
            for file, lines in test["reached"].items():
                for line in lines:
                    self.reached[file, line].append(name)
        coverage.make(*FLAGS, "units")
        self.tests = coverage.unit_tests(BUILD)
        self.compile, self.link = {}, []
        said = subprocess.run(["make", "-nB", "V=1", *FLAGS, f"{BUILD}/libsignpost.so"], cwd=ROOT, check=True,
                              stdout=subprocess.PIPE, text=True,
                              env={k: v for k, v in os.environ.items() if not k.startswith("MAKE")}).stdout
        for line in said.replace("\\\n", " ").split("\n"):
            words = shlex.split(line) if " -o " in line else []
            if "-c" in words:
                self.compile[words[-1]] = words
            elif "-shared" in words:
                self.link = words
        self.sound = {}

    def result(self, name, library):
        """What comes of one test with the library in that folder, with limits."""
        longest = CPU_TIMES * self.seconds[name]
        limits = f'ulimit -t {int(CPU_SECONDS + longest)}; ulimit -v {MEMORY}; exec "$@"'
        return coverage.run(["sh", "-c", limits, "sh", *self.tests[name]], {"LD_LIBRARY_PATH": str(library)},
                            PATIENCE + longest, library / f"said_{coverage.file_name(name)}", coverage.FAILURE)[0]

    def finds(self, name, library):
        """How a test notices that library, if it does; one that fails without a change notices nothing."""
        if not self.sound.get(name, True):
            return None
        result = self.result(name, library)
        if result != "passed" and name not in self.sound:
            self.sound[name] = self.result(name, ROOT / BUILD) == "passed"
            if not self.sound[name]:
                print(f"left out, since it fails without a change: {name}", flush=True)
        return result if result != "passed" and self.sound[name] else None

    def reaching(self, change):
        """The tests that reach the line, likely ones first; a line that goes on counts with its beginning."""
        line = max((n for n in self.lines.get(change.file, []) if n <= change.line), default=0)
        own = pathlib.Path(change.file).stem
        names = self.reached.get((change.file, line), [])
        return sorted(names, key=lambda name: (name != own, self.seconds[name], name))


class Copy:
    """A copy of the tree for one change at a time."""

    def __init__(self, tree, number):
        self.tree, self.folder = tree, ROOT / BUILD / f"copy{number}"
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(ROOT / "src", self.folder / "src")

    def build(self, change):
        """'built', 'same' (code) or 'broken'."""
        source, built = self.folder / change.file, self.folder / "changed.o"
        text = (ROOT / change.file).read_text()
        words = [w for w in self.tree.compile[change.file] if w not in ("-MMD", "-MP")]
        made = words[words.index("-o") + 1]
        words[words.index("-o") + 1] = str(built)
        source.write_text(text[:change.start] + change.new + text[change.end:])
        try:
            done = subprocess.run([*words, "-w"], cwd=self.folder, stderr=subprocess.DEVNULL)
        finally:
            source.write_text(text)
        if done.returncode != 0:
            return "broken"
        if built.read_bytes() == (ROOT / made).read_bytes():
            return "same"
        library = self.folder / "libsignpost.so"
        words = [str(built) if word == made else word for word in self.tree.link]
        words[words.index("-o") + 1] = str(library)
        return "built" if subprocess.run(words, cwd=ROOT, stderr=subprocess.DEVNULL).returncode == 0 else "broken"

    def judge(self, change):
        """What becomes of a change: (verdict, what the test that found it did, or how many passed)."""
        built = self.build(change)
        if built != "built":
            return built, ""
        names = self.tree.reaching(change)
        for name in names:
            how = self.tree.finds(name, self.folder)
            if how:
                return "found", f"{name} {how}"
        return "survived", f"tests: {len(names)}"


def verdicts(tree, picked, wanted):
    """(change, verdict, by what) of each, in their order and tried side by side, until so many count."""
    local, count, lock = threading.local(), iter(range(1 << 30)), threading.Lock()

    def judge(change):
        if not hasattr(local, "copy"):
            with lock:
                local.copy = Copy(tree, next(count))
        return local.copy.judge(change)

    picked, waiting = iter(picked), collections.deque()
    with concurrent.futures.ThreadPoolExecutor(coverage.JOBS) as pool:
        while wanted > 0:
            for change in itertools.islice(picked, wanted - len(waiting)):
                waiting.append((change, pool.submit(judge, change)))
            if not waiting:
                break
            change, future = waiting.popleft()
            verdict, by = future.result()
            wanted -= verdict in ("found", "survived")
            yield change, verdict, by


def pick(tree):
    """What is to be tried, in order."""
    seed, at = os.environ.get("SEED") or "1", os.environ.get("AT")
    files = sorted(f for f in tree.lines if f.endswith(".c") and f.split("/")[1] in FOLDERS)
    if at:
        return [c for c in changes(at.split(":")[0], seed) if f"{c.file}:{c.line}:{c.column}" == at]
    every = [c for file in files for c in changes(file, seed) if tree.reaching(c)]
    return sorted(every, key=lambda c: (c.order, c))


def main():
    wanted = int(os.environ.get("N") or 500)
    tree = Tree()
    picked = pick(tree)
    if not picked:
        sys.exit("mutants: nothing to change there")
    tally = collections.Counter()
    with open(ROOT / BUILD / "verdicts", "w") as log:
        for change, verdict, by in verdicts(tree, picked, wanted):
            tally[verdict] += 1
            said = f"{change.file}:{change.line}:{change.column}: {change.what}"
            print(f'{verdict} {said}{by and f" ({by})"}', file=log, flush=True)
            if verdict == "survived" or os.environ.get("AT"):
                text = (ROOT / change.file).read_text().split("\n")[change.line - 1]
                print(f'{said}: {verdict}{by and f" ({by})"}\n    {text.strip()}', flush=True)
    print(f'{tally["found"]} found, {tally["survived"]} survived, {tally["broken"]} did not build')


# Of each line of the sample that has a change: what must become of it, by the
# end of the line. No test reaches the last function, and nothing changes there.
SAMPLE = {
    "src/session/sample.h": '''int sample(int n);
int sample_of_a_child(int n);
int sample_of_nobody(int n);
''',
    "src/session/sample.c": '''#include "session/sample.h"

int
sample(int n)
{
	if (n < 10) /* found */
		return 4; /* found */
	return n > 100; /* survived */
}

int
sample_of_a_child(int n)
{
	return n == 7; /* found */
}

int
sample_of_nobody(int n)
{
	return n == 8;
}
''',
    "tests/unit/test_sample.c": '''#include "test.h"

#include <sys/wait.h>
#include <unistd.h>

#include "session/sample.h"

TEST(numbers)
{
	int status = 1;

	if (fork() == 0)
		_exit(sample_of_a_child(7) && !sample_of_a_child(6) &&
		    !sample_of_a_child(8) ? 0 : 1);
	wait(&status);
	assert_int_equal(status, 0);
	assert_int_equal(sample(9), 4);
	assert_int_equal(sample(10), 0);
	assert_int_equal(sample(200), 1);
}
''',
    "tests/unit/hooks.c": "extern int none;\n",
}


def check():
    """Both tools on a tree of their own: what they must find there, and what must survive."""
    place = pathlib.Path(tempfile.mkdtemp())
    environment = {k: v for k, v in os.environ.items() if k not in ("AT", "N", "SEED", "E2E")}
    try:
        for name in ("Makefile", *(f"tests/tools/{n}" for n in ("coverage.py", "mutants.py", "counted.c")),
                     *(f"tests/unit/{n}" for n in ("units.c", "cases.c", "cases.h", "test.h"))):
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, place / name)
        # The sample answers nothing in the place of the C library.
        makefile = place / "Makefile"
        makefile.write_text(re.sub(r"^HOOKED +=(?:.*\\\n)*.*", "HOOKED =", makefile.read_text(), flags=re.M))
        for name, text in SAMPLE.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text)
        told = subprocess.run([place / "tests/tools/mutants.py"], env=environment, stdout=subprocess.PIPE, text=True,
                              check=True).stdout
        # Every line but the two of the function that nothing calls.
        table = subprocess.run([place / "tests/tools/coverage.py"], env=environment, stdout=subprocess.PIPE, text=True,
                               check=True).stdout
        verdicts_of = collections.defaultdict(set)
        for line in (place / BUILD / "verdicts").read_text().splitlines():
            verdict, at = line.split()[:2]
            verdicts_of[int(at.split(":")[1])].add(verdict)
    finally:
        shutil.rmtree(place)
    wanted = {n: set(re.findall(r"/\* (\w+) \*/", line))
              for n, line in enumerate(SAMPLE["src/session/sample.c"].split("\n"), 1) if "/*" in line}
    print(f"wanted {wanted}, came {dict(verdicts_of)}\n{told}{table}")
    right = (wanted == verdicts_of, re.search(r"\n9 found, 3 survived, 0 did not build\n$", told),
             re.search(r"\nsrc without src/cli +6 of +8 ", table))
    return 0 if all(right) else 1


if __name__ == "__main__":
    sys.exit(check() if sys.argv[1:] == ["check"] else main())
