#!/usr/bin/python3
"""Holds the documents to the code: every rule that the code can refuse by is in docs/refusals.md and the other way round, links between
documents lead somewhere, every member of a configuration has a decision, and the manual pages are without faults.

    tests/docs/check.py
"""

import glob
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# What is passed on, and from where it comes: a rule in a variable must be known here, so that a new one is not missed.
PASSED_ON = {
    "const char *rule": [],  # the two functions themselves
    "refusal->rule": [],
    "rule": [],
    "c->sub_name": ["restore", "checkpoint"],
}

passed = failed = 0


def check(what, good, detail=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print("FAIL %s%s" % (what, ": %s" % detail if detail else ""))


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read()


def sources(*patterns):
    return sorted(path for room in ("common", "policy", "shim") for pattern in patterns
                  for path in glob.glob("%s/%s" % (room, pattern), root_dir=TOP))


def second_argument(text, at):
    """The second argument of the call whose parenthesis is at AT."""
    depth, commas, start, i = 0, 0, 0, at
    while True:
        if text[i] == '"':
            i = re.compile(r'"(?:[^"\\]|\\.)*"').match(text, i).end()
            continue
        if text[i] in "([{":
            depth += 1
        elif text[i] in ")]}":
            depth -= 1
        if depth == 0 or (depth == 1 and text[i] == ","):
            commas += 1
            if commas == 2 or depth == 0:
                return " ".join(text[start:i].split())
            start = i + 1
        i += 1


def constants():
    found = {}
    for path in sources("*.c", "*.h"):
        found.update(re.findall(r'^#define (\w+) "([a-z0-9-]+)"$', read(path), re.M))
    return found


def rules_of_code():
    known, rules = constants(), {}
    for path in sources("*.c"):
        text = read(path)
        for call in re.finditer(r"\bcc_(?:error|report)_refuse ?\(", text):
            argument = second_argument(text, call.end() - 1)
            where = "%s:%d" % (path, text.count("\n", 0, call.start()) + 1)
            if re.search(r'\?|^"', argument):
                names = [name for name in re.findall(r'"([^"]*)"', re.sub(r'== 0|strcmp ?\([^)]*\)', "", argument))]
            elif argument in known:
                names = [known[argument]]
            elif re.fullmatch(r"\w+\[i\]\.rule", argument):
                names = re.findall(r'"([a-z]+-[a-z-]+)"', re.search(r"\} %s\[\] = \{.*?\n\};" % argument.split("[")[0], text, re.S).group())
            else:
                names = PASSED_ON.get(argument)
            check("%s: the rule `%s` can be told" % (where, argument), names is not None)
            for name in names or []:
                rules.setdefault(name, where)
        # A rule in a variable of its own
        for name in re.findall(r'const char \*rule = .*?"([a-z-]+)";', text):
            rules.setdefault(name, path)
        for first, second in re.findall(r'judge_target ?\(\w+, \w+, (?:\w+ \? )?"([a-z-]+)"(?: : "([a-z-]+)")?', text):
            rules.update({name: path for name in (first, second) if name})
    return rules


def check_rules():
    code = rules_of_code()
    document = re.findall(r"^\| `([a-z0-9-]+)` \|", read("docs/refusals.md"), re.M)
    for name, where in sorted(code.items()):
        check("docs/refusals.md has `%s` (%s)" % (name, where), name in document)
    for name in document:
        check("the code refuses by `%s` of docs/refusals.md" % name, name in code)
        check("`%s` is in docs/refusals.md once" % name, document.count(name) == 1)


def documents():
    return sorted(glob.glob("*.md", root_dir=TOP) + glob.glob("docs/**/*.md", root_dir=TOP, recursive=True)
                  + glob.glob("tests/**/README.md", root_dir=TOP, recursive=True))


def check_links():
    for path in documents():
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", read(path)):
            if "://" not in target:
                check("%s: %s leads somewhere" % (path, target), os.path.exists(os.path.join(TOP, os.path.dirname(path), target)))
        # What is named as a file of the repository must be one
        for name in re.findall(r"`((?:common|policy|shim|cli|tests|scripts|docs|cmake)/[\w./-]+\.\w+)`", read(path)):
            check("%s: `%s` is there" % (path, name), os.path.exists(os.path.join(TOP, name)))


def check_comments():
    """Documents that the code sends its reader to."""
    for room in ("common", "policy", "shim", "cmake", "tests"):
        for path in sorted(glob.glob(room + "/**/*.[ch]", root_dir=TOP, recursive=True) + glob.glob(room + "/*.cmake", root_dir=TOP)):
            for name in sorted(set(re.findall(r"\b(?:docs|tests)/[\w/-]+\.md\b|\bCONTRIBUTING\.md", read(path)))):
                check("%s: %s is there" % (path, name), os.path.exists(os.path.join(TOP, name)))


def check_members():
    """Every member that shim/shape.c knows has its decision, and every test that a decision names is one."""
    page = read("docs/members.md")
    decided = set()
    for first in re.findall(r"^\| (`[^|]*) \|", page, re.M):
        decided.update(re.findall(r"`([\w.]+)`", first))
    tables = re.sub(r"\\\n", "\n", read("shim/shape.c"))
    names = {place + name.replace("[]", "") for macro, place in (("PROCESS", "process."), ("RESOURCE", "linux.resources."))
             for name in re.findall(r'\{\s*p "([\w.\[\]]+)"', re.search(r"#define %s_MEMBERS.*?\n\n" % macro, tables, re.S).group())}
    names.update(name.replace("[]", "") for name in
                 re.findall(r'\{ "([\w.\[\]]+)"', re.search(r"config_members\[\] = \{.*?\n\};", tables, re.S).group()))
    check("the members are known", len(names) > 100, len(names))
    for name in sorted(names):
        above = [name[:i] for i, letter in enumerate(name) if letter == "."] + [name]
        below = any(other.startswith(name + ".") for other in decided)
        check("docs/members.md decides `%s`" % name, below or decided & set(above))
    for row in re.findall(r"^\| `.* \| ([^|]+) \|$", page, re.M):
        for source, tests in re.findall(r"(\w+): ([\w, ]+)", row):
            path = "tests/unit/test_%s.c" % source
            check("docs/members.md: %s is there" % path, os.path.exists(os.path.join(TOP, path)))
            text = read(path) if os.path.exists(os.path.join(TOP, path)) else ""
            for name in tests.split(", "):
                check("docs/members.md: %s: %s is a test" % (source, name), re.search(r"^%s\(void" % name, text, re.M))


def check_manuals():
    for path in sorted(glob.glob("docs/man/*.[58]", root_dir=TOP)):
        ended = subprocess.run(["groff", "-ww", "-z", "-man", "-Tutf8", path], cwd=TOP, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
        check("%s: groff has nothing to say" % path, ended.returncode == 0 and ended.stdout == "", ended.stdout)
    subcommands = set(re.findall(r'\{ "(\w+)", CC_SUB_(?!OTHER)\w+', read("shim/cmdline.c")))
    page = read("docs/man/closedclaw-runtime.8")
    check("the subcommands are known", len(subcommands) >= 7, subcommands)
    for name in subcommands:
        check("closedclaw-runtime(8) names `%s`" % name, re.search(r"\b%s\b" % name, page))


def check_findings():
    """Every finding of the tables is in docs/findings.md, with its severity, title and reason, and the other way round."""
    literal = r'"(?:[^"\\]|\\.)*"'
    kind = re.compile(r'\{ "([a-zA-Z0-9_.*]+)",\s*CC_(CRITICAL|WARNING|INFO),\s*((?:%s\s*)+),\s*((?:%s\s*)+)[,}]' % (literal, literal))
    page, found = read("docs/findings.md"), set()
    for path in sorted(glob.glob("policy/findings*.c", root_dir=TOP) + glob.glob("cli/host*.c", root_dir=TOP)):
        for id_, severity, *texts in kind.findall(read(path)):
            title, why = ("".join(part[1:-1] for part in re.findall(literal, text)).replace('\\"', '"') for text in texts)
            row = "| `%s` | %s | **%s.** %s | " % (id_, severity.lower(), title, why)
            check("docs/findings.md has `%s` (%s) as the code has it" % (id_, path), page.count(row) == 1, row)
            check("`%s` is in the tables once" % id_, id_ not in found)
            found.add(id_)
    check("the findings are known", len(found) > 60, len(found))
    for id_ in re.findall(r"^\| `([a-zA-Z0-9_.*]+)` \| (?:critical|warning|info) \|", page, re.M):
        check("`%s` of docs/findings.md is in the tables" % id_, id_ in found)


def main():
    check_rules()
    check_findings()
    check_links()
    check_comments()
    check_members()
    check_manuals()
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
