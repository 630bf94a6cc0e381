"""The manifests: schemas, what they say about each other, and whether these checks can fail at all."""

import copy
import json
import os
import re
import shutil
import subprocess
import unittest

import kustomize
import manifests
from manifests import ROOT, cross, find, pod_template, schema

BASE = ROOT / "kubernetes/base"
OVERLAYS = sorted(path.parent for path in (ROOT / "kubernetes/overlays").glob("*/kustomization.yaml"))
SECRETS = manifests.secret_templates()


class Manifests(unittest.TestCase):
    def test_every_kustomization_is_valid_and_consistent(self):
        self.assertEqual([o.name for o in OVERLAYS], ["alpha", "beta", "full-eu", "full-us", "soft"])
        for folder in [BASE, *OVERLAYS]:
            with self.subTest(folder.name):
                objects = kustomize.render(folder)
                self.assertGreater(len(objects), 40)
                self.assertEqual(schema(objects), [])
                self.assertEqual(cross(objects, SECRETS), [])

    def test_secret_templates_are_valid_and_every_key_is_used(self):
        templates = kustomize.documents(ROOT / "kubernetes/secrets/secrets.yaml")
        self.assertEqual(schema(templates), [])
        text = json.dumps([kustomize.render(folder) for folder in OVERLAYS])
        for name, keys in SECRETS.items():
            # The manifests are too much text for a message of failure.
            self.assertTrue(f'"{name}"' in text, f"Secret {name}: nobody reads it")
            for key in keys - {"username", "password"}:
                self.assertTrue(key in text, f"Secret {name}: nobody reads {key}")

    def test_no_secret_has_a_value_in_a_manifest(self):
        for folder in [BASE, *OVERLAYS]:
            self.assertEqual([e for e in kustomize.render(folder) if e["kind"] == "Secret"], [])

    def test_the_server_reads_no_setting_that_the_contract_does_not_know(self):
        """Names are read in files called config, by a function or from `env`; one that is new is to be deployed or listed as not."""
        found = set()
        for path in (ROOT.parent / "server/src").rglob("*config*.ts"):
            text = path.read_text()
            found |= set(re.findall(r"\b(?:text|integer|number|choice|flag|secret|url|list)\('([A-Z][A-Z0-9_]+)'", text))
            found |= {a or b for a, b in re.findall(r"\benv(?:\['([A-Z][A-Z0-9_]+)'\]|\.([A-Z][A-Z0-9_]+)\b)", text)}
        self.assertGreaterEqual(len(found), 10)
        known = set(manifests.CONTRACT["environment"]) | set(manifests.CONTRACT["notDeployed"])
        self.assertEqual(found - known, set(), "add them to deploy/contract.json")

    def test_a_game_server_makes_its_public_name_of_its_address(self):
        objects = kustomize.render(BASE)
        container = server_of(objects, "Fleet", "game")
        self.assertEqual(container["command"], ["/usr/bin/tini", "--", "/bin/sh", "-c"])
        [line] = container["args"]
        start = "exec node dist/src/main.js --role game"
        self.assertEqual(line.count(start), 1)
        show = line.replace(start, 'exec printenv PUBLIC_URL')
        environment = {"PATH": os.environ["PATH"], "POD_IP": "10.0.3.7", "GAME_DOMAIN": "game.example.com"}
        run = subprocess.run(["/bin/sh", "-c", show], env=environment, capture_output=True, text=True, check=True)
        self.assertEqual(run.stdout, "https://10-0-3-7.game.example.com\n")

    def test_every_step_has_one_database(self):
        kinds = {}
        for folder in OVERLAYS:
            objects = kustomize.render(folder)
            kinds[folder.name] = [e["kind"] for e in objects if e["metadata"]["name"] == "postgres" and e["kind"] in ("StatefulSet", "Cluster")]
            self.assertIsNotNone(find(objects, "NetworkPolicy", "database-clients"), folder.name)
        single, replicated = ["StatefulSet"], ["Cluster"]
        self.assertEqual(kinds, {"alpha": single, "beta": single, "soft": replicated, "full-eu": replicated, "full-us": []})

    def test_the_restore_is_valid_and_reads_where_the_backups_go(self):
        folder = ROOT / "kubernetes/postgres-replicated"
        [restored] = kustomize.documents(folder / "recovery.yaml")
        self.assertEqual(schema([restored]), [])
        self.assertEqual(manifests.database(restored, SECRETS), [])
        cluster = find(kustomize.documents(folder / "cluster.yaml"), "Cluster", "postgres")
        ours, theirs = restored["spec"], cluster["spec"]
        [source] = ours["externalClusters"]
        for key in ("destinationPath", "endpointURL", "s3Credentials"):
            self.assertEqual(source["barmanObjectStore"][key], theirs["backup"]["barmanObjectStore"][key])
        # The store knows the server by the cluster's name.
        self.assertEqual(source["name"], cluster["metadata"]["name"])
        for key in ("imageName", "storage", "inheritedMetadata"):
            self.assertEqual(ours[key], theirs[key])

    def test_the_steps_hold_the_players_that_the_plan_says(self):
        """Players by step at 80% of all places, 8 a match."""
        for step, players in (("alpha", 100), ("beta", 1000), ("soft", 5000), ("full-eu", 5000), ("full-us", 5000)):
            objects = kustomize.render(ROOT / "kubernetes/overlays" / step)
            servers = int(find(objects, "ConfigMap", "autoscaler")["data"]["MAX_SERVERS"])
            places = servers * find(objects, "Fleet", "game")["spec"]["template"]["spec"]["counters"]["matches"]["capacity"] * 8
            self.assertGreaterEqual(places * 0.8, players, step)

    def test_regions_differ_where_they_must(self):
        values = set()
        for folder in OVERLAYS:
            objects = kustomize.render(folder)
            edge = find(objects, "ConfigMap", "edge")["data"]
            values.add((edge["PLAY_HOST"], edge["GAME_DOMAIN"]))
            images = {c["image"] for _, t in manifests.with_pods(objects) for c in t["spec"]["containers"]}
            for image in images:
                self.assertFalse(image.startswith("trespasser/"), f"{folder.name}: {image} names no registry")
        self.assertEqual(len(values), len(OVERLAYS))

    @unittest.skipUnless(shutil.which("kubectl"), "kubectl is not here to compare with")
    def test_kubectl_renders_the_same(self):
        for folder in [BASE, *OVERLAYS]:
            run = subprocess.run(["kubectl", "kustomize", folder], capture_output=True, text=True, check=True)
            theirs = {(e["kind"], e["metadata"]["name"]): e for e in kustomize.yaml.load_all(run.stdout, kustomize.Loader)}
            ours = {(e["kind"], e["metadata"]["name"]): e for e in kustomize.render(folder)}
            self.assertEqual(sorted(theirs), sorted(ours), folder.name)
            for key in ours:
                self.assertEqual(theirs[key], ours[key], f"{folder.name}: {key}")


def server_of(objects, kind, name):
    return pod_template(find(objects, kind, name))["spec"]["containers"][0]


def variable(objects, kind, name, key):
    return next(v for v in server_of(objects, kind, name)["env"] if v["name"] == key)


# What is broken on purpose, and a word of the complaint. Each change gets the objects of the soft launch.
BROKEN = {
    "a field that Kubernetes does not know": (
        lambda o: find(o, "Deployment", "match")["spec"].update(replica=3), "replica"),
    "a type that is wrong": (
        lambda o: server_of(o, "Deployment", "match").update(ports=[{"name": "players", "containerPort": "3000"}]), "3000"),
    "a field that Agones does not know": (
        lambda o: find(o, "Fleet", "game")["spec"].update(schedule="Packed"), "schedule"),
    "a field of the pod inside the fleet": (
        lambda o: server_of(o, "Fleet", "game").update(imagePulPolicy="Always"), "imagePulPolicy"),
    "an unknown kind of Agones": (
        lambda o: o.append({"apiVersion": "agones.dev/v1", "kind": "Fleets", "metadata": {"name": "x"}}), "no schema"),
    "a policy without its settings": (
        lambda o: find(o, "FleetAutoscaler", "game")["spec"]["policy"]["chain"][1].pop("counter"), "not valid"),
    "a chain within a chain": (
        lambda o: find(o, "FleetAutoscaler", "game")["spec"]["policy"]["chain"].__setitem__(
            1, {"type": "Chain", "chain": [{"type": "Buffer", "buffer": {"maxReplicas": 1}}]}), "Chain"),
    "a buffer of 120%": (
        lambda o: find(o, "FleetAutoscaler", "game")["spec"]["policy"]["chain"][1]["counter"].update(bufferSize="120%"), "120%"),
    "a fleet that is not there": (
        lambda o: find(o, "FleetAutoscaler", "game")["spec"].update(fleetName="games"), "no Fleet games"),
    "a counter that the fleet has not": (
        lambda o: find(o, "FleetAutoscaler", "game")["spec"]["policy"]["chain"][1]["counter"].update(key="players"), "no counter"),
    "a capacity that is not the server's": (
        lambda o: variable(o, "Fleet", "game", "MAX_MATCHES_PER_SERVER").update(value="40"), "MAX_MATCHES_PER_SERVER"),
    "bounds that differ": (
        lambda o: find(o, "ConfigMap", "autoscaler")["data"].update(MAX_SERVERS="11"), "other bounds"),
    "a number that the autoscaler is to set": (
        lambda o: find(o, "Deployment", "match")["spec"].update(replicas=2), "would undo"),
    "a setting that nobody reads": (
        lambda o: find(o, "ConfigMap", "settings")["data"].update(TICKRATE="60"), "TICKRATE is nothing"),
    "a secret in the open": (
        lambda o: find(o, "ConfigMap", "settings")["data"].update(TOKEN_SECRET="x"), "in the open"),
    "a key that the secret has not": (
        lambda o: variable(o, "Deployment", "match", "REDIS_URL")["valueFrom"]["secretKeyRef"].update(key="REDIS"), "no key REDIS"),
    "an image without a version": (
        lambda o: server_of(o, "Deployment", "edge").update(image="trespasser/edge:latest"), "no version"),
    "no time to drain": (
        lambda o: pod_template(find(o, "Fleet", "game"))["spec"].update(terminationGracePeriodSeconds=30), "DRAIN_SECONDS"),
    "another port": (
        lambda o: server_of(o, "Fleet", "game")["ports"][0].update(containerPort=3001), "3001"),
    "a probe at another path": (
        lambda o: server_of(o, "Deployment", "match")["readinessProbe"]["httpGet"].update(path="/healthz"), "/healthz"),
    "root": (
        lambda o: pod_template(find(o, "Deployment", "edge"))["spec"]["securityContext"].update(runAsNonRoot=False), "root"),
    "a root file system that can be written": (
        lambda o: server_of(o, "Deployment", "edge")["securityContext"].pop("readOnlyRootFilesystem"), "can be written"),
    "a selector that misses its pods": (
        lambda o: pod_template(find(o, "Deployment", "assets"))["metadata"]["labels"].update({manifests.NAME: "asset"}),
        "own pods"),
    "a budget for nobody": (
        lambda o: find(o, "PodDisruptionBudget", "match")["spec"]["selector"]["matchLabels"].update({manifests.NAME: "m"}),
        "selects no pod"),
    "a policy for nobody": (
        lambda o: find(o, "NetworkPolicy", "redis")["spec"]["podSelector"]["matchLabels"].update({manifests.NAME: "r"}),
        "selects no pod"),
    "no refusal by default": (
        lambda o: o.remove(find(o, "NetworkPolicy", "default-deny")), "by default"),
    "a way out that is closed at the other end": (
        lambda o: find(o, "NetworkPolicy", "redis")["spec"]["ingress"][0]["from"].pop(0), "this end alone"),
    "a way in that is closed at the other end": (
        lambda o: find(o, "NetworkPolicy", "assets")["spec"]["egress"].pop(0), "this end alone"),
    "a port that nobody listens at": (
        lambda o: find(o, "NetworkPolicy", "match")["spec"]["ingress"][0]["ports"][0].update(port=3999), "nothing listens"),
    "a target that is not there": (
        lambda o: find(o, "HorizontalPodAutoscaler", "match")["spec"]["scaleTargetRef"].update(name="matcher"), "not there"),
    "a metric that is not there": (
        lambda o: find(o, "HorizontalPodAutoscaler", "match")["spec"]["metrics"][1]["external"]["metric"].update(
            name="trespasser_queue_length"), "no metric"),
    "a service to a port that is not there": (
        lambda o: find(o, "Service", "match")["spec"]["ports"][0].update(targetPort="game"), "no port game"),
    "a volume from nowhere": (
        lambda o: server_of(o, "Deployment", "edge")["volumeMounts"][0].update(name="certs"), "no volume"),
    "a database's field that the operator does not know": (
        lambda o: find(o, "Cluster", "postgres")["spec"].update(replicas=3), "replicas"),
    "a schedule without seconds": (
        lambda o: find(o, "ScheduledBackup", "postgres-hourly")["spec"].update(schedule="17 * * * *"), "17"),
    "a store without its key": (
        lambda o: find(o, "Cluster", "postgres")["spec"]["backup"]["barmanObjectStore"]["s3Credentials"]["accessKeyId"].update(key="KEY"),
        "no key KEY"),
    "a client that may not reach the database": (
        lambda o: pod_template(find(o, "Deployment", "match"))["metadata"]["labels"].update({"trespasser-database": "none"}), "reach the database"),
    "rights to everything": (
        lambda o: o.append({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "x"},
                            "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["*"]}]}), "more than anybody"),
}


class TestsOfTheTests(unittest.TestCase):
    """Each check finds what it is there for."""

    def test_broken_manifests_are_found(self):
        base = kustomize.render(ROOT / "kubernetes/overlays/soft")
        for name, (breaks, complaint) in BROKEN.items():
            with self.subTest(name):
                objects = copy.deepcopy(base)
                breaks(objects)
                # References are followed only through objects of the right shape; the rest is as it was found good above.
                problems = schema([each for each in objects if each not in base]) or cross(objects, SECRETS)
                self.assertTrue(any(complaint in p for p in problems), f"{name} went unseen, or as: {problems}")

    def test_a_key_that_stands_twice_is_refused(self):
        with self.assertRaisesRegex(kustomize.Problem, "twice"):
            kustomize.one("a: 1\nb: 2\na: 3\n")

    def test_a_patch_that_hits_nothing_is_refused(self):
        objects = kustomize.render(BASE)
        patch = {"target": {"kind": "ConfigMap", "name": "setting"}, "patch": "[{op: replace, path: /data/REGION, value: x}]"}
        with self.assertRaisesRegex(kustomize.Problem, "not there"):
            kustomize.patched(objects, patch, "x")
        patch["target"]["name"] = "settings"
        patch["patch"] = "[{op: replace, path: /data/REGIONS, value: x}]"
        with self.assertRaisesRegex(kustomize.Problem, "not there to be replaced"):
            kustomize.patched(objects, patch, "x")


if __name__ == "__main__":
    unittest.main()
