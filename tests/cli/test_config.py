"""closedclaw config …"""

WRONG = """{
  agents: {
    defaults: { sandbox: {
      mode: 'on',
      docker: {
        readOnlRoot: true,
        network: 'host',
        capDrop: ['ALL', 'NO_SUCH'],
        memory: '512m', memorySwap: 'lots', ulimits: { nofile: 'x' }, env: { 'A B': 'c', GOOD: 'yes' }, binds: ['relative:/x'],
      } } },
    list: [ { id: 'build', sandbox: { docker: { binds: ['/srv/data:/workspace'] } } }, { sandbox: {} } ],
  },
}
"""


def test_check_shows_all_errors(c):
    c.write("new.json5", WRONG)
    c.golden("config-check", c.run("config", "check", "new.json5", code=2))
    found = c.run("config", "check", "--json", "new.json5", code=2).json()
    assert not found["valid"] and len(found["errors"]) == 10, found
    assert [e["line"] for e in found["errors"]] == sorted(e["line"] for e in found["errors"])
    assert c.run("config", "check", "-", input=WRONG, code=2).out.count("standard input:") == 10


def test_check_good(c):
    c.write("new.json5", "{ agents: { list: [ { id: 'a' } ] } }\n")
    assert c.run("config", "check", "new.json5").out == "ok  new.json5\n1 agent\n"
    assert c.run("config", "check", "--json").json() == {"valid": True, "files": ["etc/closedclaw.json5"], "errors": []}


def test_check_syntax(c):
    c.write("new.json5", "{\n  agents: {\n    defaults: { sandbox: { mode: all } },\n  },\n}\n")
    c.golden("config-check-syntax", c.run("config", "check", "new.json5", code=2))


def test_check_cannot(c):
    assert "No such file" in c.run("config", "check", "missing.json5", code=3).err
    assert "is not a file" in c.run("config", "check", ".", code=3).err
    c.write("big", "x" * (9 << 20))
    assert c.run("config", "check", "big", code=3).err.count("\n") == 1


def test_check_owner_and_fragments(c):
    """What the runtime would refuse about the files themselves is among the errors, and hides none of the others."""
    c.write("etc/conf.d/10-a.json5", "{ agents: { defaults: { sandbox: { mod: 'all' } } } }\n", mode=0o666)
    c.write("etc/conf.d/20-b.json5", "")
    result = c.run("config", "check", code=2)
    assert "others (mode 0666)" in result.out and "did you mean `mode`" in result.out and "is empty" in result.out, result
    assert "3 errors" in result.out, result


def test_no_secret_is_shown(c):
    c.write("new.json5", "{ agents: { defaults: { sandbox: { docker: { env: { A: 'hidden1', B: 'hid\\nden2' }, x: 1 } } } },\n"
                         "  channels: { chat: { token: 'hidden3' } }, agent: 'ghp_hidden456789012345' }\n")
    for options in ([], ["--json"]):
        result = c.run("config", "check", "new.json5", *options, code=2)
        assert "hid" not in result.out + result.err, result
    c.write("broken.json5", "{ apiToken: 'hidden1', agents: }\n")
    result = c.run("config", "check", "broken.json5", code=2)
    assert "hidden" not in result.out + result.err, result


EXAMPLE = """// an example
{
  agents: {
    defaults: { sandbox: { docker: { memory: "1g", binds: ["/srv/data:/data:ro", "/home/user/source:/source"], env: { A: 'hidden' } } } },
    list: [ { id: "build", sandbox: { docker: { memory: "4g", network: "bridge", binds: ["/mnt/cache:/cache:rw"], ulimits: { nofile: 1024 } } } } ],
  },
}
"""


def test_show(c):
    c.write("own.json5", EXAMPLE)
    c.golden("config-show", c.run("config", "show", "--config", "own.json5", "--agent", "build"))
    c.golden("config-show-effective", c.run("config", "show", "--config", "own.json5", "--effective"))
    values = c.run("config", "show", "--config", "own.json5", "--agent", "build", "--json").json()["values"]
    assert values["sandbox.docker.memory"] == {"value": "4g", "layer": "agent", "file": "own.json5", "line": 5, "column": 57}
    assert "hidden" not in c.run("config", "show", "--config", "own.json5", "--effective", "--json").out
    assert "no agent `nobody`" in c.run("config", "show", "--config", "own.json5", "--agent", "nobody").out
    c.write("bad.json5", WRONG)
    assert "there is no policy to show" in " ".join(c.run("config", "show", "--config", "bad.json5", code=2).out.split())


def test_show_merges_files(c):
    c.write("etc/conf.d/10-a.json5", "{ agents: { defaults: { sandbox: { docker: { memory: '512m' } } } } }\n")
    text = c.run("config", "show", config="{ agents: { defaults: { sandbox: { docker: { memory: '1g', cpus: 1 } } } } }\n").out
    assert 'memory = "512m"' in text and "conf.d/10-a.json5:1:54" in text and "cpus = 1" in text and "closedclaw.json5:1:66" in text, text


def test_json(c):
    import json
    c.write("own.json5", EXAMPLE)
    found = c.run("config", "json", "own.json5")
    assert json.loads(found.out)["agents"]["list"][0]["id"] == "build"
    assert list(json.loads(c.run("config", "json", "-", input="{ b: [], a: {}, 'c': .5, d: +0x1F, e: 'x\\\n y', }").out).items()) == [
        ("b", []), ("a", {}), ("c", 0.5), ("d", 31), ("e", "x y")]
    assert "is no number of JSON" in c.run("config", "json", "-", input="{ a: [1, NaN] }", code=3).err
    c.run("config", "json", "-", input="{ a: ", code=2)
    assert c.run("config", "json", config="{ a: 1 }").json() == {"a": 1}


def docker(text):
    return "{ agents: { defaults: { sandbox: { docker: { %s } } } } }" % text


GOOD = [
    "{}", EXAMPLE, "{ channels: { x: 1 }, agents: { defaults: { model: 'x' } } }",
    "{ agents: { defaults: { sandbox: { mode: 'off', perSession: true, workspace: 'ro', prune: { idleHours: 1 } } } } }",
    "{ agents: { entries: { a: { sandbox: { scope: 'agent' }, tools: { deny: ['exec'] } } } }, session: { mainKey: 'm' } }",
    "{ tools: { profile: 'full', alsoAllow: ['x'], byProvider: { p: { profile: 'minimal' } }, toolsBySender: { s: { deny: [] } },"
    " elevated: { patterns: ['git *'], allowFrom: { chat: ['a', 1] } }, exec: { host: 'x' }, subagents: { model: 1, tools: { deny: ['a'] } } } }",
    docker("memory: '1.5 GiB', memorySwap: 2147483648, cpus: .5, user: '1000:1000', tmpfs: ['/tmp'], capDrop: ['all', 'cap_chown']"),
    docker("ulimits: { nofile: '1:2', core: { soft: 0, hard: -1 } }, setupCommand: ['a', 'b'], seccompProfile: '', devices: ['/dev/dri']"),
    "{ runtime: { lowLevel: ['crun', '/usr/bin/runc'], enforcement: 'report' }, audit: { file: '', retentionDays: 1 }, mirror: { skills: ['/a'] } }",
]
BAD = [
    "[]", "{ agents: [] }", "{ runtime: { x: 1 } }", "{ runtime: { lowLevel: [] } }", "{ agents: { list: [{}] } }", "{ agents: { default: {} } }",
    "{ $include: './x' }", "{ session: { mainKey: 'a:b' } }", "{ tools: { profile: 'none' } }", "{ tools: { exec: {}, bash: {} } }",
    "{ tools: { deny: [1] } }", "{ tools: { elevated: { patterns: 'x' } } }", "{ tools: { elevated: { allowFrom: { a: [true] } } } }",
    docker("memory: 'much'"), docker("memory: 1"), docker("cpus: 0"), docker("user: 'root'"), docker("network: 'host'"), docker("binds: ['a:/b']"),
    docker("binds: ['/a:/b:rx']"), docker("env: { 'A-B': 'x' }"), docker("env: { A: 1 }"), docker("ulimits: { nofile: 'a' }"), docker("tmpfs: ['tmp']"),
    docker("readOnlyRoot: 'yes'"), docker("pidsLimit: 0"), docker("no: 1"), "{ agents: { defaults: { sandbox: { scope: 'agent', perSession: true } } } }",
    "{ audit: { retentionDays: 0 } }", "{ agents: { defaults: { sandbox: { browser: { cdpPort: 70000 } } } } }",
]


def test_schema(c):
    import jsonschema
    schema = c.run("config", "schema").json()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for text in GOOD:
        c.run("config", "check", "-", input=text)
        validator.validate(c.run("config", "json", "-", input=text).json())
    for text in BAD:
        c.run("config", "check", "-", input=text, code=2)
        assert not validator.is_valid(c.run("config", "json", "-", input=text).json()), text


def test_schema_describes_every_key(c):
    """No key is refused by the schema but `$include`: that is what a reader without a description would become."""
    def refused(node, path):
        for name, value in node.get("properties", {}).items():
            if value is False:
                yield path + name
            elif isinstance(value, dict):
                yield from refused(value, path + name + ".")
    found = set(name.split(".")[-1] for name in refused(c.run("config", "schema").json(), ""))
    assert found == {"$include"}, found


GATEWAY = """{
  "gateway": { "port": 18789, "auth": { "token": "hidden" } },
  "agents": {
    "defaults": {
      "model": "x",
      "workspace": "~/agent",
      "sandbox": {
        "mode": "non-main",
        "workspaceRoot": "~/.openclaw/sandboxes",
        "docker": {
          "image": "openclaw-sandbox:bookworm-slim",
          "network": "host",
          "binds": ["/home/user/source:/source", "relative:/x", "/a:/b:ro"],
          "seccompProfile": "unconfined", "runtime": "runc",
          "env": { "LANG": "C.UTF-8" }
        },
        "prune": { "idleHours": 24 }
      }
    },
    "list": [ { "id": "main", "default": true }, { "id": "family", "sandbox": { "mode": "all" }, "tools": { "deny": ["exec"] } }, { "id": "-bad" } ]
  },
  "tools": { "profile": "coding", "exec": { "host": "gateway" } },
  "session": { "mainKey": "main", "scope": "per-sender" },
  "channels": { "telegram": { "botToken": "hidden" } }
}
"""


def test_import_of_what_was_not_read(c):
    """A block is left at its first error, and what comes after it may be anything."""
    for block in ("binds: ['x'], docker: { binds: ['y', 1] }", "docker: { binds: ['x'] }, binds: [7]"):
        for text in ("{ agents: { defaults: { sandbox: { %s } } } }",
                     "{ agents: { list: [ { id: 'a' }, { id: 'a', sandbox: { %s } } ] } }"):
            result = c.run("config", "import", "--json", "-", input=text % block, code=1).json()
            assert "binds" not in str(result["config"]), result
    wrong = "{ agents: { defaults: { sandbox: { binds: ['x'], docker: { binds: ['y'], memory: 'lots' } } } } }"
    assert len(c.run("config", "check", "--json", "-", input=wrong, code=2).json()["errors"]) == 4


def test_import(c):
    c.write("openclaw.json", GATEWAY)
    result = c.run("config", "import", "openclaw.json", code=1)
    with open(__file__.replace("test_config.py", "golden/config-import.txt"), "w" if c.update else "r", encoding="utf-8") as file:
        if c.update:
            file.write(result.out)
        else:
            assert result.out == file.read(), result.out
    assert "hidden" not in result.out
    c.write("ours.json5", result.out)
    c.run("config", "check", "ours.json5")
    # what it writes is taken over whole the second time
    again = c.run("config", "import", "--json", "ours.json5").json()
    assert [item for item in again["items"] if item["kind"] in ("wrong", "foreign", "changed")] == [], again
    assert again["config"] == c.run("config", "json", "ours.json5").json()
    kinds = [item["kind"] for item in c.run("config", "import", "--json", "openclaw.json", code=1).json()["items"]]
    assert kinds.count("wrong") == 6 and kinds.count("changed") == 1 and kinds.count("foreign") == 7, kinds
    c.run("config", "import", "-", input="{", code=2)
    assert c.run("config", "import", "--json", "-", input="[]").json()["config"] == {}


def test_schema_has_the_defaults(c):
    """What an editor shows as the default is what holds without any file."""
    schema = c.run("config", "schema").json()
    shown = c.run("config", "show", "--effective", "--json").json()["values"]
    keys = schema["properties"]["agents"]["properties"]["defaults"]["properties"]["sandbox"]["properties"]
    found = 0
    for name, value in shown.items():
        node = schema if not name.startswith("sandbox.") else {"properties": {"sandbox": {"properties": keys}}}
        for part in name.split("."):
            node = node["properties"][part]
        assert node.get("description"), name
        if "default" in node:
            assert node["default"] == value["value"], (name, node, value)
            found += 1
    assert found >= 26, found


def test_no_secret_beside_an_error(c):
    """What is on the same line as an error, and what the message says itself."""
    rows = (
        "{ agents: { defaults: { sandbox: { docker: {\n env: { A: 'hush', 'B C': 'hush', D: ['hush'], 'E=hush': 1, F: 'x\\\nhush', bad: 1 /* hush */ },\n} } } } }",
        "{ agents: { defaults: { sandbox: { docker: { env: 'A=hush', memory: 'ghp_hushhushhushhush', setupCommand: 'hush', no: 1 } } } } }",
        "{ agents: { defaults: { sandbox: { docker: { environment: { A: 'hush' }, env: {\n A: 'hush' B: 1 } } } } } }",
        "{ agents: { defaults: { sandbox: { docker: { env: {\n A: hush4you, B: 'hush' } } } } } }",
        "{ agents: { defaults: { sandbox: { docker: { env: {\n A: 'hush\n } } } } } }",
        "{ agents: { defaults: { sandbox: { docker: { env: { A: 'b', /* A: 'hush' */ A: 'hush' } } } } } }",
    )
    for number, text in enumerate(rows):
        c.write("bad.json5", text)
        for words in (["config", "check", "bad.json5"], ["config", "check", "--json", "bad.json5"], ["sandbox", "explain", "--config", "bad.json5"],
                      ["preview", "--config", "bad.json5", "--", "docker", "run", "i"]):
            result = c.run(*words, code=2)
            assert "hush" not in result.out + result.err, (number, result)


def test_many_errors_at_once(c):
    """Each line is found without reading the whole file again: six times the errors take about six times as long, not 36."""
    import time
    took = []
    for count in (2000, 12000):
        agents = ",\n".join("{ id: 'a%d', sandbox: { docker: { memry: 1, env: { A: 'b' } } } }" % i for i in range(count))
        c.write("many.json5", "{ agents: { list: [\n%s ] } }" % agents)
        begin = time.monotonic()
        assert "%d errors" % count in c.run("config", "check", "many.json5", code=2).out
        took.append(time.monotonic() - begin)
    assert took[1] < 18 * took[0], took


def test_json_also_of_what_is_wrong(c):
    c.write("broken.json5", "{ agents: ")
    c.write("bad.json5", "{ agents: { defaults: { sandbox: { mode: 'x' } } } }")
    for words in (["config", "show"], ["config", "show", "--effective"], ["sandbox", "explain"]):
        for name in ("broken.json5", "bad.json5"):
            found = c.run(*words, "--json", "--config", name, code=2).json()["problems"]
            assert found[0]["line"] == 1 and found[0]["rule"] == "config", found
    assert c.run("config", "import", "--json", "broken.json5", code=2).json()["problems"]


def test_errors_are_no_content(c):
    """`config import x >y` and `config json | jq`: what is wrong must be seen, and must not be in the file."""
    c.write("broken.json5", "{ agents: ")
    for command in ("import", "json"):
        result = c.run("config", command, "broken.json5", code=2)
        assert result.out == "" and "broken.json5:1:11" in result.err, result
        assert c.run("config", command, "-q", "broken.json5", code=2).err == ""


def test_import_of_keys_with_newlines(c):
    """A key must not be able to leave the comment that tells of it."""
    evil = "\\n{ agents: { defaults: { sandbox: { mode: 'off' } } } } //"
    c.write("evil.json5", '{ "x%s": 1, agents: { "y%s": 2, defaults: { "z%s": 1, sandbox: { "w%s": 1 } } } }' % ((evil,) * 4))
    result = c.run("config", "import", "evil.json5", code=1)
    assert [line for line in result.out.splitlines() if not line.startswith("//")] == ["{}"], result
    c.write("a\n{} x", "{}")
    assert "\n{} x" not in c.run("config", "import", "a\n{} x").out


def test_import_of_variables(c):
    result = c.run("config", "import", "-", input="{ agents: { defaults: { sandbox: { mode: 'all', scope: 'agent', docker: {"
                   " env: { TOKEN: '${TOKEN}', PRICE: '$5 {x}' }, binds: ['/srv/${WHO}:/x:ro'] } } } } }")
    assert result.out.count("puts the value of a variable") == 2, result


def test_show_has_no_commands(c):
    """A set-up command can hold a token as well as a variable can."""
    config = "{ agents: { defaults: { sandbox: { docker: { setupCommand: 'export A=hush', env: { B: 'hush' } } } } } }"
    for words in (["show"], ["show", "--effective"], ["show", "--json"]):
        result = c.run("config", *words, config=config)
        assert "hush" not in result.out and "setupCommand" in result.out, result


def test_check_finds_what_refuses_an_agent(c):
    """Each block is right, and yet the runtime would refuse every container of `a`: its policy joins a network that it may not."""
    config = """{ agents: { defaults: { sandbox: { docker: { network: 'container:gw', dangerouslyAllowContainerNamespaceJoin: true } } },
      list: [ { id: 'a', sandbox: { docker: { dangerouslyAllowContainerNamespaceJoin: false } } }, { id: 'b' } ] } }"""
    result = c.run("config", "check", config=config, code=2)
    assert "container of agent `a`" in result.out and "agent `b`" not in result.out and "1 error:" in result.out, result
    found = c.run("config", "check", "--json", config=config, code=2).json()
    assert not found["valid"] and found["errors"][0]["rule"] == "config", found
    c.run("preview", "--agent", "a", "--", "docker", "run", "i", config=config, code=2)
    c.run("config", "check", config=config.replace("false", "true"))
    assert "only one file" in c.run("config", "check", "--config", "a", "b", code=64).err
