"""The container file, the compose file and the pipeline. No image is built here: there is no container engine."""

import fnmatch
import ipaddress
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import kustomize
import manifests
from manifests import CONTRACT, ROOT

REPOSITORY = ROOT.parent
CONTAINERFILE = (ROOT / "Containerfile").read_text()
BIN = pathlib.Path(sys.executable).parent
SECRETS = ["TOKEN_SECRET", "REDIS_PASSWORD", "POSTGRES_PASSWORD", "STICKY_KEY", "GRAFANA_PASSWORD"]


def instructions(text):
    """(stage, name, rest) of each instruction, with lines put together and without comments."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    stage, found = None, []
    for line in joined.splitlines():
        if not line.strip():
            continue
        name, _, rest = line.strip().partition(" ")
        if name == "FROM":
            stage = rest.split(" AS ")[1]
        found.append((stage, name, rest.strip()))
    return found


def ignored(path):
    """Whether .dockerignore keeps a path from the builder: the last pattern that matches says."""
    verdict = False
    for line in (REPOSITORY / ".dockerignore").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        keep, pattern = line.startswith("!"), line.lstrip("!")
        parts = [path, *map(str, pathlib.PurePath(path).parents)]
        patterns = [pattern, pattern.removeprefix("**/")]
        if any(fnmatch.fnmatch(part, each) for part in parts for each in patterns if part != "."):
            verdict = not keep
    return verdict


class Container(unittest.TestCase):
    def test_hadolint_finds_nothing(self):
        run = subprocess.run([BIN / "hadolint", "--failure-threshold", "style", ROOT / "Containerfile"], capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_every_base_has_a_version(self):
        bases = re.findall(r"^ARG (\w+_IMAGE)=(\S+)$", CONTAINERFILE, re.M)
        self.assertGreaterEqual(len(bases), 3)
        for name, image in bases:
            self.assertRegex(image, r"^[a-z]+:\d+\.\d+(\.\d+)?(-[a-z-]+)?$", name)
        for stage, name, rest in instructions(CONTAINERFILE):
            if name == "FROM":
                self.assertRegex(rest, r"^\$\{\w+_IMAGE\} AS \w+$", stage)

    def test_every_image_runs_as_nobody_and_says_whether_it_is_well(self):
        for target in ("server", "assets", "edge"):
            mine = [(name, rest) for stage, name, rest in instructions(CONTAINERFILE) if stage == target]
            names = [name for name, _ in mine]
            self.assertIn("HEALTHCHECK", names, target)
            self.assertIn("STOPSIGNAL", names, target)
            self.assertIn("ENTRYPOINT", names, target)
            self.assertEqual([rest for name, rest in mine if name == "USER"], ["10001:10001"], target)
            # Nothing is installed or copied in after root has gone.
            self.assertNotIn("RUN", names[names.index("USER"):], target)
        self.assertIn('ENTRYPOINT ["/usr/bin/tini"', CONTAINERFILE)

    def test_no_secret_is_in_it(self):
        for _, name, rest in instructions(CONTAINERFILE):
            if name in ("ARG", "ENV"):
                self.assertNotRegex(rest, r"(?i)secret|password|token|key", rest)

    def test_ports_and_settings_are_those_of_the_contract(self):
        [settings] = [rest for stage, name, rest in instructions(CONTAINERFILE) if (stage, name) == ("server", "ENV")]
        values = dict(pair.split("=", 1) for pair in settings.split())
        # The C library's, not the server's.
        self.assertEqual(values.pop("GLIBC_TUNABLES"), "glibc.malloc.hugetlb=1")
        self.assertLessEqual(set(values), set(CONTRACT["environment"]))
        self.assertEqual(values["PORT"], str(CONTRACT["ports"]["players"]))
        self.assertEqual(values["ADMIN_PORT"], str(CONTRACT["ports"]["admin"]))
        self.assertIn(("server", "EXPOSE", "3000 9090"), instructions(CONTAINERFILE))

    def test_what_is_copied_is_there_and_reaches_the_builder(self):
        stages = {stage for stage, _, _ in instructions(CONTAINERFILE)}
        for stage, name, rest in instructions(CONTAINERFILE):
            if name != "COPY":
                continue
            source = re.match(r"--from=(\w+) ", rest)
            if source:
                self.assertIn(source.group(1), stages, rest)
                continue
            for path in rest.split()[:-1]:
                self.assertTrue((REPOSITORY / path).exists(), f"{stage}: {path}")
                self.assertFalse(ignored(path), f"{stage}: .dockerignore keeps {path} away")

    def test_what_must_not_reach_the_builder_does_not(self):
        for path in (
            "target/release/x", "server/node_modules/ws", "client/dist/index.html", "server/.data/secret", "deploy/kubernetes/secrets/secrets.yaml",
            "deploy/.env", "node-binding/trespasser.linux-x64-gnu.node", ".git/config", "deploy/certificates/edge.pem",
        ):
            self.assertTrue(ignored(path), path)
        for path in ("server/src/main.ts", "engine/src/lib.rs", "deploy/nginx/nginx.conf", "node-binding/index.js"):
            self.assertFalse(ignored(path), path)


class Compose(unittest.TestCase):
    [file] = kustomize.documents(ROOT / "compose.yaml")

    def config(self, environment):
        return subprocess.run(
            ["docker-compose", "--file", ROOT / "compose.yaml", "config"], capture_output=True, text=True, env={**os.environ, **environment},
        )

    def test_it_is_valid_and_asks_for_every_secret(self):
        whole = {name: "x" for name in SECRETS}
        run = self.config(whole)
        self.assertEqual(run.returncode, 0, run.stderr)
        for name in SECRETS:
            run = self.config({**whole, name: ""})
            self.assertNotEqual(run.returncode, 0, name)
        example = (ROOT / "env.example").read_text()
        self.assertEqual(re.findall(r"^(\w+)=$", example, re.M), SECRETS)

    def test_roles_get_what_they_read_and_nothing_else(self):
        for name, service in self.file["services"].items():
            if service.get("image", "").split("/")[-1].startswith("server:"):
                environment = service["environment"]
                role = environment["ROLE"]
                self.assertIn(f"--role,{role}", ",".join(service["command"]))
                for variable in environment:
                    self.assertIn(role, CONTRACT["environment"][variable]["for"], f"{name}: {variable}")
                self.assertTrue(service["read_only"])
                grace = int(service["stop_grace_period"].rstrip("s"))
                self.assertGreater(grace, int(environment["DRAIN_SECONDS"]), name)
        edge = set(self.file["services"]["edge"]["environment"]) - {"CERTIFICATE"}
        self.assertEqual(edge, manifests.OTHERS["haproxy"])

    def test_images_are_those_of_the_cluster(self):
        objects = kustomize.render(ROOT / "kubernetes/base") + kustomize.render(ROOT / "kubernetes/postgres-single")
        cluster = {c["image"] for _, t in manifests.with_pods(objects) for c in t["spec"]["containers"]}
        for name, service in self.file["services"].items():
            self.assertIn(service["image"], cluster, name)
            if "build" in service:
                target = service["build"]["target"]
                self.assertEqual(service["image"].split(":")[0], f"trespasser/{target}", name)

    def test_the_front_reaches_every_game_server_by_its_name(self):
        services = self.file["services"]
        network = ipaddress.ip_network(services["edge"]["environment"]["GAME_NETWORK"])
        domain = services["edge"]["environment"]["GAME_DOMAIN"]
        games = [service for service in services.values() if service.get("environment", {}).get("ROLE") == "game"]
        self.assertEqual(len(games), 2)
        for service in games:
            address = service["networks"]["inside"]["ipv4_address"]
            self.assertIn(ipaddress.ip_address(address), network)
            self.assertEqual(service["environment"]["PUBLIC_URL"], f"https://{address.replace('.', '-')}.{domain}:8443")

    def test_prometheus_finds_its_targets(self):
        [config] = kustomize.documents(ROOT / "prometheus/prometheus.yml")
        wanted = {name for job in config["scrape_configs"] for found in job.get("dns_sd_configs", []) for name in found["names"]}
        aliases = set()
        for service in self.file["services"].values():
            networks = service["networks"]
            aliases |= set(networks["inside"].get("aliases", [])) if isinstance(networks, dict) else set()
        self.assertEqual(aliases, wanted)

    def test_mounted_files_are_there(self):
        for name, service in self.file["services"].items():
            for volume in service.get("volumes", []):
                source = volume.split(":")[0]
                if source.startswith("./") and source != "./certificates":
                    self.assertTrue((ROOT / source).exists(), f"{name}: {source}")
                elif not source.startswith("./"):
                    self.assertIn(source, self.file["volumes"], name)


class Pipeline(unittest.TestCase):
    folder = REPOSITORY / ".github/workflows"

    def lint(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "x.yml"
            path.write_text(text)
            return subprocess.run([BIN / "actionlint", "-no-color", path], capture_output=True, text=True)

    def test_actionlint_finds_nothing(self):
        run = subprocess.run([BIN / "actionlint", "-no-color", *sorted(self.folder.glob("*.yml"))], capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_actionlint_finds_a_broken_file(self):
        text = (self.folder / "deploy.yml").read_text()
        broken = text.replace("needs: [version, alpha]", "needs: [version, alfa]")
        self.assertNotEqual(broken, text)
        self.assertIn("alfa", self.lint(broken).stdout)

    def test_actions_have_versions(self):
        for path in self.folder.glob("*.yml"):
            for action in re.findall(r"uses: (\S+)", path.read_text()):
                self.assertRegex(action, r"@v\d+\.\d+\.\d+$|^\./\.github/workflows/\w+\.yml$", path.name)

    def test_steps_come_one_after_another_each_with_its_overlay(self):
        jobs = kustomize.one((self.folder / "deploy.yml").read_text())["jobs"]
        steps = ["alpha", "beta", "soft", "full-eu", "full-us"]
        before = "images"
        for step in steps:
            self.assertIn(before, jobs[step]["needs"], step)
            self.assertEqual(jobs[step]["with"]["overlay"], step)
            self.assertEqual(jobs[step]["with"]["environment"], step)
            self.assertTrue((ROOT / "kubernetes/overlays" / step / "kustomization.yaml").is_file(), step)
            before = step
        self.assertIn("test", jobs["images"]["needs"])

    def test_the_overlays_images_are_those_that_are_built_and_set(self):
        targets = kustomize.one((self.folder / "deploy.yml").read_text())["jobs"]["images"]["strategy"]["matrix"]["target"]
        rollout = (self.folder / "rollout.yml").read_text()
        self.assertIn(f"for target in {' '.join(targets)}; do", rollout)
        for overlay in (ROOT / "kubernetes/overlays").iterdir():
            [config] = kustomize.documents(overlay / "kustomization.yaml")
            self.assertEqual([image["name"] for image in config["images"]], [f"trespasser/{target}" for target in targets])

    def test_no_secret_stands_in_a_run_line(self):
        for name in ("deploy.yml", "rollout.yml"):
            document = kustomize.one((self.folder / name).read_text())
            for job in document["jobs"].values():
                for step in job.get("steps", []):
                    # Text from outside goes through the environment, where the shell does not read it as a program.
                    self.assertNotIn("${{", step.get("run", ""), f"{name}: {step}")


class Schemas(unittest.TestCase):
    def test_the_licence_of_what_they_come_from_is_named(self):
        for path in (ROOT / "schemas").glob("*.json"):
            text = json.loads(path.read_text())["$comment"]
            self.assertIn("Apache License, Version 2.0", text, path.name)
        self.assertTrue((REPOSITORY / "LICENSE-APACHE").is_file())


if __name__ == "__main__":
    unittest.main()
