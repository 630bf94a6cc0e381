"""Prometheus' rules, its targets and the dashboard: they ask for numbers that there are, and alerts lead to their runbook."""

import json
import re
import subprocess
import unittest

import kustomize
import manifests
from manifests import CONTRACT, ROOT

RULES = ["prometheus/rules/recording.yml", "prometheus/rules/alerts.yml"]
# Metrics of Prometheus itself.
OWN = {"up", "ALERTS"}
WORDS = {
    "sum", "by", "rate", "increase", "max", "min", "avg", "on", "unless", "and", "or", "without", "scalar", "absent", "histogram_quantile",
    "avg_over_time", "min_over_time", "max_over_time", "label_values", "bool", "ignoring", "group_left",
}


def rules(kind):
    return [rule for path in RULES for group in kustomize.documents(ROOT / path)[0]["groups"] for rule in group["rules"] if kind in rule]


def series(expression):
    """(metric, labels named in its braces) of each selector in an expression."""
    bare = re.sub(r"\bby \([^)]*\)|\bon \([^)]*\)|\[[^\]]*\]", "", expression)
    found = []
    for match in re.finditer(r"([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?", re.sub(r'"[^"]*"', '""', bare)):
        name, braces = match.group(1), match.group(2) or ""
        before = bare[: match.start()]
        if name in WORDS or before.count("{") > before.count("}"):
            continue
        if re.search(r"[\d.]$", before):  # 900e6
            continue
        found.append((name, set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", braces))))
    return found


def problems(expression, where):
    recorded = {rule["record"]: rule["expr"] for rule in rules("record")}
    found = series(expression)
    if not found:
        return [f"{where}: {expression} asks for nothing"]
    said = []
    for name, labels in found:
        if name in recorded or name in OWN:
            continue
        base = re.sub(r"_(bucket|sum|count)$", "", name)
        metric = CONTRACT["metrics"].get(name) or CONTRACT["metrics"].get(base)
        if metric is None and (name in CONTRACT["nodeMetrics"] or base in CONTRACT["nodeMetrics"]):
            continue
        if metric is None:
            said.append(f"{where}: there is no metric {name}")
            continue
        if (metric["type"] == "histogram") != (name not in CONTRACT["metrics"]):
            said.append(f"{where}: {name} is not how a {metric['type']} is asked for")
        if metric["type"] == "counter" and not re.search(rf"(rate|increase)\({name}\b", expression):
            said.append(f"{where}: {name} only grows: without rate() or increase() it says nothing")
        known = set(metric.get("labels", {})) | set(CONTRACT["defaultLabels"]) | {"le", "job", "instance"}
        if labels - known:
            said.append(f"{where}: {name} has no label {sorted(labels - known)}")
        for label, values in metric.get("labels", {}).items():
            for value in re.findall(rf'{name}\{{[^}}]*\b{label}="([^"]*)"', expression):
                if values and value not in values:
                    said.append(f"{where}: {name} has no {label}={value}")
    return said


def asked(expression):
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name, _ in series(expression)}


class Rules(unittest.TestCase):
    def test_promtool_finds_nothing_wrong(self):
        paths = [ROOT / path for path in RULES]
        for arguments in (["check", "rules", *paths], ["check", "config", "--syntax-only", ROOT / "prometheus/prometheus.yml"]):
            run = subprocess.run(["promtool", *arguments], capture_output=True, text=True)
            self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_alerts_fire_when_they_should_and_only_then(self):
        run = subprocess.run(["promtool", "test", "rules", ROOT / "prometheus/tests/alerts_test.yml"], capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout[-4000:] + run.stderr[-4000:])

    def test_every_alert_has_a_case_that_fires_and_one_that_does_not(self):
        [tests] = kustomize.documents(ROOT / "prometheus/tests/alerts_test.yml")
        fires, silent = set(), set()
        for case in tests["tests"]:
            for alert in case["alert_rule_test"]:
                (fires if alert["exp_alerts"] else silent).add(alert["alertname"])
        names = {rule["alert"] for rule in rules("alert")}
        self.assertEqual(fires, names)
        self.assertEqual(silent, names)

    def test_every_expression_asks_for_numbers_that_there_are(self):
        for rule in rules("expr"):
            self.assertEqual(problems(rule["expr"], rule.get("alert") or rule["record"]), [])

    def test_every_alert_leads_to_its_part_of_the_runbook(self):
        text = (ROOT / "RUNBOOK.md").read_text()
        parts = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", text, re.M | re.S))
        names = [rule["alert"] for rule in rules("alert")]
        self.assertEqual(sorted(parts), sorted(names))
        for rule in rules("alert"):
            self.assertEqual(rule["annotations"]["runbook"], f"deploy/RUNBOOK.md#{rule['alert'].lower()}")
            self.assertIn(rule["labels"]["severity"], ("warning", "critical"))
            for word in ("Look:", "Do:"):
                self.assertIn(word, parts[rule["alert"]], rule["alert"])

    def test_mistakes_in_expressions_are_found(self):
        for expression, complaint in (
            ("trespasser_active_match > 1", "no metric"),
            ("trespasser_errors_total > 1", "only grows"),
            ('trespasser_players{status="menu"}', "no label"),
            ('trespasser_players{state="lobby"}', "no state=lobby"),
            ("trespasser_snapshot_bytes > 1", "not how a histogram"),
            ("1 > 0", "asks for nothing"),
        ):
            self.assertTrue(any(complaint in p for p in problems(expression, "x")), expression)

    def test_promtool_finds_a_broken_rule(self):
        text = (ROOT / RULES[1]).read_text()
        self.assertIn("histogram_quantile(0.9,", (ROOT / RULES[0]).read_text())
        broken = text.replace("trespasser_game_servers{state=\"lost\"}", "trespasser_game_servers{state=lost}")
        self.assertNotEqual(broken, text)
        run = subprocess.run(["promtool", "check", "rules"], input=broken, capture_output=True, text=True)
        self.assertNotEqual(run.returncode, 0)


class Targets(unittest.TestCase):
    def test_every_target_is_a_service_that_names_pods_ready_or_not(self):
        objects = kustomize.render(ROOT / "kubernetes/base")
        [config] = kustomize.documents(ROOT / "prometheus/prometheus.yml")
        seen = set()
        for job in config["scrape_configs"]:
            for found in job.get("dns_sd_configs", []):
                for name in found["names"]:
                    service = manifests.find(objects, "Service", name.split(".")[0])
                    self.assertIsNotNone(service, name)
                    self.assertEqual(name.split(".")[1:], ["trespasser", "svc", "cluster", "local"])
                    self.assertEqual(service["spec"]["clusterIP"], "None", name)
                    self.assertTrue(service["spec"]["publishNotReadyAddresses"], name)
                    self.assertEqual([port["port"] for port in service["spec"]["ports"]], [found["port"]], name)
                    seen.add(service["spec"]["selector"][manifests.NAME])
        self.assertEqual(seen, {"match", "game", "edge"})

    def test_alertmanager_is_there_and_its_configuration_is_valid(self):
        run = subprocess.run(["amtool", "check-config", ROOT / "alertmanager/alertmanager.yml"], capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        [config] = kustomize.documents(ROOT / "alertmanager/alertmanager.yml")
        names = {rule["alert"] for rule in rules("alert")}
        for inhibition in config["inhibit_rules"]:
            for matcher in inhibition["source_matchers"] + inhibition["target_matchers"]:
                pattern = re.fullmatch(r'alertname=~?"(.*)"', matcher).group(1)
                self.assertTrue(any(re.fullmatch(pattern, name) for name in names), matcher)

    def test_the_adapter_asks_for_what_the_scaler_wants(self):
        [adapter] = kustomize.documents(ROOT / "prometheus/adapter.yaml")
        [rule] = adapter["externalRules"]
        self.assertEqual(problems(rule["metricsQuery"], "adapter"), [])


class Dashboard(unittest.TestCase):
    board = json.loads((ROOT / "grafana/trespasser.json").read_text())

    def panels(self):
        return [panel for panel in self.board["panels"] if panel["type"] != "row"]

    def test_ids_are_unique_and_panels_do_not_overlap(self):
        ids = [panel["id"] for panel in self.board["panels"]]
        self.assertEqual(len(ids), len(set(ids)))
        titles = [panel["title"] for panel in self.panels()]
        self.assertEqual(len(titles), len(set(titles)))
        self.assertRegex(self.board["uid"], r"^[a-z0-9-]{1,40}$")
        cells = set()
        for panel in self.board["panels"]:
            at = panel["gridPos"]
            self.assertLessEqual(at["x"] + at["w"], 24, panel["title"])
            for x in range(at["x"], at["x"] + at["w"]):
                for y in range(at["y"], at["y"] + at["h"]):
                    self.assertNotIn((x, y), cells, panel["title"])
                    cells.add((x, y))

    def test_every_expression_asks_for_numbers_that_there_are(self):
        for panel in self.panels():
            refs = [target["refId"] for target in panel["targets"]]
            self.assertEqual(len(refs), len(set(refs)))
            for target in panel["targets"]:
                self.assertEqual(problems(target["expr"], panel["title"]), [])
                self.assertEqual(target["datasource"]["uid"], "prometheus")
        [provisioned] = kustomize.documents(ROOT / "grafana/datasource.yaml")
        self.assertEqual([source["uid"] for source in provisioned["datasources"]], ["prometheus"])

    def test_every_metric_of_the_contract_is_shown(self):
        shown = set()
        recorded = {rule["record"]: rule["expr"] for rule in rules("record")}
        for panel in self.panels():
            for target in panel["targets"]:
                names = asked(target["expr"])
                while names & set(recorded):
                    names = set().union(*(asked(recorded[name]) if name in recorded else {name} for name in names))
                shown |= names
        self.assertEqual(set(CONTRACT["metrics"]) - shown, set())
        self.assertEqual(set(CONTRACT["nodeMetrics"]) - shown, set())


if __name__ == "__main__":
    unittest.main()
