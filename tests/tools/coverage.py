#!/usr/bin/env python3
"""make coverage: which lines and branches of src do the tests reach?

A build of its own, under build/coverage, runs the unit tests and the seeds of
the fuzz targets; with E2E=yes also the end-to-end tests. Prints lines and
branches by folder and file. Which unit test reaches which line stays in
build/coverage/reached.json, for make mutants.

Children count as well (counted.c), but for those that a signal kills, and
those that became a user who may not write here. E2E=yes counts what runs the
program by PROGRAM (tests/e2e/site.mjs), and needs what make check installs.
"""
import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = "build/coverage"
JOBS = int(os.environ.get("JOBS") or os.cpu_count() or 1)
RECORD = ROOT / BUILD / "reached.json"
# As long as a test may take in make check.
PATIENCE = 600


def make(*arguments):
    """Builds, and ends here where that fails."""
    subprocess.run(["make", "--no-print-directory", "-s", f"-j{JOBS}", *arguments], cwd=ROOT, check=True,
                   env={k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")})


def unit_tests(build):
    """How unit tests are run, and nothing else knows: the command of each group, by its name."""
    return {name: [str(ROOT / build / "units"), name] for name in groups()}


def groups():
    """The files that are a group of unit tests each, by its name; those that run cases have none of their own."""
    found = {path.stem.removeprefix("test_"): path for path in sorted((ROOT / "tests/unit").glob("test_*.c"))
             if "\nCASES(" not in path.read_text()}
    for path in sorted((ROOT / "tests/cases").glob("*/*.cases")):
        found[f"{path.parent.name}/{path.stem}"] = path
    return found


def file_name(test):
    """A test's name as a part of a path."""
    return test.replace(" ", "_").replace("/", "-")


# What a unit test says of the first that fails.
FAILURE = b"[  FAILED  ]"


def seeds(build):
    """The same of the fuzz targets, each with its seeds."""
    names = [path.stem[len("fuzz_"):] for path in sorted((ROOT / "tests/fuzz").glob("fuzz_*.c"))]
    return {f"seeds of {name}": [str(ROOT / build / "replay" / name), f"tests/fuzz/seeds/{name}"] for name in names}


def run(command, environment, patience, output, until=None):
    """One test in a process group of its own, which ends with it: ("passed", "failed" or "late", its seconds).

    With `until` (what a test says first when it fails), it need not come to its end.
    """
    began = time.monotonic()
    with open(output, "wb") as said:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
                                   stdout=said, stderr=subprocess.STDOUT, process_group=0)
    ends, verdict = os.pidfd_open(process.pid), "late"
    while verdict == "late" and time.monotonic() - began < patience:
        if select.select([ends], [], [], 1)[0]:
            verdict = "passed"
        elif until and until in pathlib.Path(output).read_bytes():
            verdict = "failed"
    os.close(ends)
    # The number is the group's until wait() gives it back.
    os.killpg(process.pid, signal.SIGKILL)
    if process.wait() != 0 and verdict == "passed":
        verdict = "failed"
    return verdict, time.monotonic() - began


def gcov(folder, notes):
    """What gcov says of NOTES, with the counts beside them: {file: ({line: count}, {branch: count})}."""
    found = {}
    if not notes:
        return found
    said = subprocess.run(["gcov", "--json-format", "--branch-probabilities", "--stdout", *notes], cwd=folder,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    for text in said.splitlines():
        for file in json.loads(text)["files"] if text.strip() else []:
            name = file["file"].removeprefix(f"{ROOT}/")
            if not name.startswith("src/"):
                continue
            lines, branches = found.setdefault(name, (collections.Counter(), collections.Counter()))
            for line in file["lines"]:
                lines[line["line_number"]] += line["count"]
                for i, branch in enumerate(line["branches"]):
                    branches[f'{line["line_number"]} {line.get("function_name", "")} {i}'] += branch["count"]
    return found


def objects():
    """The notes that the compiler left of each file of src, below the build's folder."""
    build = ROOT / BUILD
    return sorted(str(path.relative_to(build)) for path in build.rglob("*.gcno")
                  if path.relative_to(build).parts[0] not in ("runs", "tests", "replay") and path.stem != "replay")


def measure(name, command, notes):
    """One test, whose counts go into a folder of its own: what it reached, what came of it, its seconds."""
    folder = ROOT / BUILD / "runs" / file_name(name)
    shutil.rmtree(folder, ignore_errors=True)
    below = pathlib.Path(f"{folder}{ROOT}") / BUILD
    # Children that became another user write here too.
    for parent in {below / pathlib.Path(note).parent for note in notes}:
        parent.mkdir(parents=True, exist_ok=True)
        parent.chmod(0o777)
    verdict, seconds = run(command, {"GCOV_PREFIX": str(folder), "GCOV_ERROR_FILE": str(folder / "gcov")}, PATIENCE,
                           folder / "output")
    written = [note for note in notes if (below / note).with_suffix(".gcda").exists()]
    for note in written:
        (below / note).symlink_to(ROOT / BUILD / note)
    found = gcov(below, written)
    if verdict == "passed":
        shutil.rmtree(folder)
    return found, verdict, seconds


def end_to_end(notes):
    """The same of all end-to-end tests; a web server hands no variable on, so the counts lie beside the notes."""
    program, command = ROOT / BUILD / "signpost", ROOT / BUILD / "bin/signpost"
    for path in (ROOT / BUILD).glob("*/"):
        path.chmod(0o777)
    (ROOT / BUILD).chmod(0o777)
    for test in sorted((ROOT / "tests/e2e").glob("*.test.mjs")):
        verdict, _ = run(["node", "--test", str(test)], {"PROGRAM": str(program), "COMMAND": str(command)}, 2 * PATIENCE, os.devnull)
        print(f"{test.name}: {verdict}", flush=True)
    return gcov(ROOT / BUILD, [note for note in notes if (ROOT / BUILD / note).with_suffix(".gcda").exists()])


def digests():
    """Of what each group of unit tests is made of: its own file, and what all have in common."""
    files, common = groups(), hashlib.sha256()
    for folder in ("src", "tests/unit", "tests/cases"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path not in files.values():
                common.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return {name: hashlib.sha256(common.digest() + path.read_bytes()).hexdigest() for name, path in files.items()}


def record(tests, known, e2e=False):
    """Builds, runs these, and adds to the record what is known of each unit test: (counts of all, who failed)."""
    units = unit_tests(BUILD)
    made = digests()
    for path in (ROOT / BUILD).rglob("*.gcda"):
        path.unlink()
    make(f"BUILD={BUILD}", "OPT=-O0 -g", "SAN=--coverage", "units", "replays", *([f"{BUILD}/signpost", f"{BUILD}/bin/signpost"] if e2e else []))
    notes = objects()
    total, failed = gcov(ROOT / BUILD, notes), []

    def add(found):
        for file, counts in found.items():
            for sums, more in zip(total[file], counts):
                sums.update(more)

    known["lines"] = {file: sorted(lines) for file, (lines, _) in total.items()}
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for name, (found, verdict, seconds) in zip(tests, pool.map(lambda t: measure(t, tests[t], notes), tests)):
            add(found)
            if verdict != "passed":
                failed.append(name)
            if name in units:
                known["tests"][name] = {
                    "digest": made[name], "seconds": round(seconds, 3),
                    "reached": {file: [n for n in lines if lines[n] > 0] for file, (lines, _) in found.items()}}
    RECORD.write_text(json.dumps(known))
    if e2e:
        add(end_to_end(notes))
    return total, failed


def recorded():
    """What each unit test reaches in the tree as it is: those that have changed run again."""
    known = json.loads(RECORD.read_text()) if RECORD.exists() else {"tests": {}}
    units = unit_tests(BUILD)
    made = digests()
    known["tests"] = {name: test for name, test in known["tests"].items() if test["digest"] == made.get(name)}
    missing = {name: command for name, command in units.items() if name not in known["tests"]}
    if missing:
        record(missing, known)
    return known


def row(what, counts):
    """One line of the table, of the counts of one or several files."""
    text = f"{what:<32}"
    for kind in (0, 1):
        all_of = [n for one in counts for n in one[kind].values()]
        hit = sum(n > 0 for n in all_of)
        share = f"{100 * hit / len(all_of):.1f} %" if all_of else "-"
        text += f"{hit:>7} of {len(all_of):>5} {share:>8}"
    return text


def main():
    total, failed = record({**unit_tests(BUILD), **seeds(BUILD)}, {"tests": {}}, os.environ.get("E2E") == "yes")
    folders = collections.defaultdict(dict)
    for file in sorted(total):
        folders[os.path.dirname(file)][file] = total[file]
    print(f'{"":<32}{"lines":>22} {"branches":>22}')
    for folder, files in sorted(folders.items()):
        print(row(folder, files.values()))
        for file, counts in files.items():
            print(row(f"  {os.path.basename(file)}", [counts]))
    print(row("src", total.values()))
    print(row("src without src/cli", [total[file] for file in total if not file.startswith("src/cli/")]))
    for name in failed:
        print(f'FAILED: {name} (its output: {BUILD}/runs/{file_name(name)}/output)')
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
