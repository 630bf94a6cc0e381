"""Checks of rendered manifests, each a list of sentences about what is wrong."""

import functools
import ipaddress
import json
import pathlib
import re

import jsonschema
from kubernetes_validate.utils import schema_contents
from referencing import Registry, Resource

import kustomize

ROOT = pathlib.Path(__file__).resolve().parent.parent
CONTRACT = json.loads((ROOT / "contract.json").read_text())
# Kinds that Kubernetes does not know, by the end of their group's name.
CUSTOM = {
    "agones.dev": json.loads((ROOT / "schemas/agones.json").read_text()),
    "cnpg.io": json.loads((ROOT / "schemas/cloudnativepg.json").read_text()),
}
# The oldest Kubernetes that the manifests are meant for, and the newest whose schema is there.
VERSIONS = ("1.29", "1.37")
NAME = "app.kubernetes.io/name"
# Names that containers of other people's images, the shell line of the game server or our own edge and autoscaler take.
OTHERS = {
    "redis": {"REDIS_PASSWORD"},
    "postgres": {"POSTGRES_DB", "POSTGRES_USER", "POSTGRES_PASSWORD", "PGDATA"},
    "backup": {"BACKUP_FOLDER", "BACKUPS_KEPT", "PGHOST", "PGDATABASE", "PGUSER", "PGPASSWORD"},
    "grafana": {"GF_SECURITY_ADMIN_PASSWORD", "GF_ANALYTICS_REPORTING_ENABLED", "GF_ANALYTICS_CHECK_FOR_UPDATES"},
    "autoscaler": {"AUTOSCALER_PORT", "MIN_SERVERS", "MAX_SERVERS"},
    "haproxy": {
        "PLAY_HOST", "GAME_DOMAIN", "GAME_NETWORK", "DNS_ADDRESS", "MATCH_PODS", "MATCH_PORT", "GAME_PORT", "ASSETS_ADDRESS",
        "STICKY_KEY",
    },
}
OF_THE_SHELL_LINE = {"POD_IP", "GAME_DOMAIN"}


def title(each):
    return f"{each['kind']} {each['metadata']['name']}"


@functools.cache
def definitions(version):
    """The part of Kubernetes' schema that all kinds share; 2 MB, so read once."""
    return Resource.from_contents(schema_contents(f"kubernetes-json-schema/v{version}.0-local-strict/_definitions.json", version))


@functools.cache
def validator(api_version, kind, version):
    """None: Kubernetes has no such kind."""
    group, _, name = api_version.rpartition("/")
    file = "-".join(part for part in (kind.lower(), group.split(".")[0], name) if part)
    try:
        contents = schema_contents(f"kubernetes-json-schema/v{version}.0-local-strict/{file}.json", version)
    except FileNotFoundError:
        return None
    registry = definitions(version) @ (Resource.from_contents(contents) @ Registry())
    return jsonschema.Draft202012Validator(contents, registry=registry)


def schema(objects):
    """Against the schemas of Kubernetes and of the operators, unknown fields refused."""
    problems = []
    for each in objects:
        documents = [each]
        group = ".".join(each["apiVersion"].split("/")[0].split(".")[-2:])
        if group in CUSTOM:
            documents = []
            if each["kind"] not in CUSTOM[group]["$defs"]:
                problems.append(f"{title(each)}: no schema for this kind")
                continue
            check = jsonschema.Draft202012Validator({**CUSTOM[group], "$ref": f"#/$defs/{each['kind']}"})
            for error in check.iter_errors(each):
                problems.append(f"{title(each)}: {error.json_path}: {error.message[:300]}")
            template = pod_template(each)
            if template is not None:
                documents = [{"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": "x"}, "template": template}]
        for document in documents:
            for version in VERSIONS:
                check = validator(document["apiVersion"], document["kind"], version)
                if check is None:
                    problems.append(f"{title(each)}: no schema for {each['apiVersion']} in Kubernetes {version}")
                    continue
                for error in check.iter_errors(document):
                    problems.append(f"{title(each)}: Kubernetes {version}: {error.json_path}: {error.message[:300]}")
    return problems


def pod_template(each):
    """The pods that an object makes; None: none."""
    spec = each.get("spec", {})
    return {
        "Deployment": lambda: spec["template"],
        "StatefulSet": lambda: spec["template"],
        "CronJob": lambda: spec["jobTemplate"]["spec"]["template"],
        "Fleet": lambda: spec["template"]["spec"]["template"],
    }.get(each["kind"], lambda: None)()


def with_pods(objects):
    return [(each, pod_template(each)) for each in objects if pod_template(each) is not None]


def operated(objects):
    """What is known about pods that an operator makes: labels and ports."""
    return [
        (each, {
            "metadata": {"labels": each["spec"]["inheritedMetadata"]["labels"]},
            "spec": {"containers": [{"name": "postgres", "ports": [
                {"name": "postgres", "containerPort": 5432}, {"name": "status", "containerPort": 8000},
            ]}]},
        })
        for each in objects if each["kind"] == "Cluster"
    ]


def find(objects, kind, name):
    return next((e for e in objects if e["kind"] == kind and e["metadata"]["name"] == name), None)


def selects(selector, labels):
    """A label selector of the forms used here; `matchExpressions` is not."""
    if set(selector) - {"matchLabels"}:
        raise kustomize.Problem(f"selector {selector} is of a form that is not known")
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())


def labels_of(template):
    return template.get("metadata", {}).get("labels", {})


def cross(objects, secrets):
    """What one object says about another."""
    problems = []
    pods = with_pods(objects)
    say = problems.append

    for each, template in pods:
        own = labels_of(template)
        if NAME not in own:
            say(f"{title(each)}: its pods have no {NAME}")
        selector = each["spec"].get("selector")
        if selector is not None and not selects(selector, own):
            say(f"{title(each)}: its selector does not match its own pods")
        for spread in template["spec"].get("topologySpreadConstraints", []):
            if not selects(spread["labelSelector"], own):
                say(f"{title(each)}: a topologySpreadConstraint does not match its own pods")
        account = template["spec"].get("serviceAccountName")
        if each["kind"] != "Fleet" and find(objects, "ServiceAccount", account) is None:
            say(f"{title(each)}: there is no ServiceAccount {account}")
        problems += containers(each, template, objects, secrets)

    pods = pods + operated(objects)
    for each in objects:
        kind, spec = each["kind"], each.get("spec", {})
        if kind == "Service":
            problems += service(each, pods)
        if kind == "PodDisruptionBudget" and not any(selects(spec["selector"], labels_of(t)) for _, t in pods):
            say(f"{title(each)}: it selects no pod")
        if kind == "HorizontalPodAutoscaler":
            target = spec["scaleTargetRef"]
            found = find(objects, target["kind"], target["name"])
            if found is None or found["apiVersion"] != target["apiVersion"]:
                say(f"{title(each)}: its target {target['kind']} {target['name']} is not there")
            elif "replicas" in found["spec"]:
                say(f"{title(found)}: `replicas` would undo what {title(each)} has decided")
            if spec["minReplicas"] > spec["maxReplicas"]:
                say(f"{title(each)}: minReplicas is over maxReplicas")
            for metric in spec["metrics"]:
                name = metric.get("external", {}).get("metric", {}).get("name")
                if name is not None and name not in CONTRACT["metrics"]:
                    say(f"{title(each)}: there is no metric {name}")
        if kind == "NetworkPolicy":
            problems += network(each, pods)
        if kind == "ConfigMap":
            for key in each["data"]:
                if CONTRACT["environment"].get(key, {}).get("secret") or "PASSWORD" in key:
                    say(f"{title(each)}: {key} is a secret and stands here in the open")
        if kind == "RoleBinding":
            if find(objects, spec_ref(each)["kind"], spec_ref(each)["name"]) is None:
                say(f"{title(each)}: its role is not there")
            for subject in each["subjects"]:
                if find(objects, subject["kind"], subject["name"]) is None:
                    say(f"{title(each)}: {subject['kind']} {subject['name']} is not there")
        if kind == "Role":
            for rule in each["rules"]:
                if "*" in rule["verbs"] + rule["resources"] + rule["apiGroups"]:
                    say(f"{title(each)}: a rule with * is more than anybody here needs")
        if kind == "Cluster":
            problems += database(each, secrets)
        if kind == "ScheduledBackup" and find(objects, "Cluster", spec["cluster"]["name"]) is None:
            say(f"{title(each)}: there is no Cluster {spec['cluster']['name']}")
        if kind == "FleetAutoscaler":
            problems += fleet_autoscaler(each, objects)
    problems += every_pod_has_a_policy(objects, pods)
    return problems


def spec_ref(binding):
    return binding["roleRef"]


def containers(each, template, objects, secrets):
    problems = []

    def say(text):
        problems.append(f"{title(each)}: {text}")

    spec = template["spec"]
    volumes = {volume["name"]: volume for volume in spec.get("volumes", [])}
    volumes |= {claim["metadata"]["name"]: claim for claim in each["spec"].get("volumeClaimTemplates", [])}
    used = set()
    if spec.get("securityContext", {}).get("runAsNonRoot") is not True or not spec["securityContext"].get("runAsUser"):
        say("runs as root")
    if spec.get("hostNetwork") or spec.get("hostPID") or spec.get("hostIPC"):
        say("shares something of the node's")
    for container in spec["containers"]:
        name = container["name"]
        security = container.get("securityContext", {})
        if security.get("readOnlyRootFilesystem") is not True:
            say(f"{name}: its root file system can be written")
        if security.get("allowPrivilegeEscalation") is not False or security.get("capabilities") != {"drop": ["ALL"]}:
            say(f"{name}: keeps privileges")
        image = container["image"].split("/")[-1]
        if not re.fullmatch(r"[\w.-]+:v?\d+\.\d+[\w.-]*", image):
            say(f"{name}: the image {container['image']} has no version")
        resources = container.get("resources", {})
        if not {"cpu", "memory"} <= set(resources.get("requests", {})) or "memory" not in resources.get("limits", {}):
            say(f"{name}: no requests of cpu and memory, or no limit of memory")
        if each["kind"] != "CronJob" and "readinessProbe" not in container:
            say(f"{name}: no readinessProbe")
        ports = {port["name"]: port["containerPort"] for port in container.get("ports", [])}
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            at = container.get(probe, {}).get("httpGet")
            if at is not None and at["port"] not in ports:
                say(f"{name}: {probe} asks port {at['port']}, which it has not")
        if name == "server":
            problems += server(each, container, ports, spec, objects)
            if labels_of(template).get("trespasser-database") != "client":
                say(f"{name}: has no label that lets it reach the database")
        problems += environment(each, container, objects, secrets)
        for mount in container.get("volumeMounts", []):
            used.add(mount["name"])
            if mount["name"] not in volumes:
                say(f"{name}: mounts {mount['name']}, which is no volume")
    for name, volume in volumes.items():
        if name not in used:
            say(f"volume {name} is mounted nowhere")
        config = volume.get("configMap", {}).get("name")
        if config and find(objects, "ConfigMap", config) is None:
            say(f"volume {name}: there is no ConfigMap {config}")
        secret = volume.get("secret", {}).get("secretName")
        if secret and secret not in secrets:
            say(f"volume {name}: there is no Secret {secret} in the template")
        for item in volume.get("secret", {}).get("items", []):
            if item["key"] not in secrets.get(secret, ()):
                say(f"volume {name}: Secret {secret} has no key {item['key']}")
        claim = volume.get("persistentVolumeClaim", {}).get("claimName")
        if claim and find(objects, "PersistentVolumeClaim", claim) is None:
            say(f"volume {name}: there is no PersistentVolumeClaim {claim}")
    return problems


def server(each, container, ports, spec, objects):
    """What the server's two roles have in common."""
    problems = []
    if ports != CONTRACT["ports"]:
        problems.append(f"{title(each)}: the server has ports {ports}, not {CONTRACT['ports']}")
    for probe, at in (("readinessProbe", "ready"), ("startupProbe", "health"), ("livenessProbe", "health")):
        path = container.get(probe, {}).get("httpGet", {}).get("path")
        if path is not None and path != CONTRACT["probes"][at]:
            problems.append(f"{title(each)}: {probe} asks {path}, not {CONTRACT['probes'][at]}")
    values = variables(container, objects)
    drain, grace = int(values["DRAIN_SECONDS"]), spec["terminationGracePeriodSeconds"]
    if not drain + 10 <= grace <= drain + 120:
        problems.append(f"{title(each)}: terminationGracePeriodSeconds {grace} does not fit DRAIN_SECONDS {drain}")
    for name, port in (("PORT", "players"), ("ADMIN_PORT", "admin")):
        if values[name] != str(CONTRACT["ports"][port]):
            problems.append(f"{title(each)}: {name} is {values[name]}, the port {port} is {CONTRACT['ports'][port]}")
    role = values["ROLE"]
    line = " ".join(container["args"])
    if f"--role {role}" not in line:
        problems.append(f"{title(each)}: ROLE={role}, and the command says otherwise")
    return problems


def variables(container, objects):
    """Values by name; what comes from a secret or the pod has the value None."""
    values = {}
    for source in container.get("envFrom", []):
        config = find(objects, "ConfigMap", source["configMapRef"]["name"])
        values |= config["data"] if config else {}
    for variable in container.get("env", []):
        values[variable["name"]] = variable.get("value")
    return values


def environment(each, container, objects, secrets):
    problems = []
    name = container["name"]

    def say(text):
        problems.append(f"{title(each)}: {name}: {text}")

    for source in container.get("envFrom", []):
        if find(objects, "ConfigMap", source["configMapRef"]["name"]) is None:
            say(f"there is no ConfigMap {source['configMapRef']['name']}")
    for variable in container.get("env", []):
        source = variable.get("valueFrom", {})
        if "secretKeyRef" in source:
            secret, key = source["secretKeyRef"]["name"], source["secretKeyRef"]["key"]
            if key not in secrets.get(secret, ()):
                say(f"{variable['name']}: Secret {secret} has no key {key} in the template")
        if "configMapKeyRef" in source:
            config, key = source["configMapKeyRef"]["name"], source["configMapKeyRef"]["key"]
            found = find(objects, "ConfigMap", config)
            if found is None or key not in found["data"]:
                say(f"{variable['name']}: ConfigMap {config} has no key {key}")
    values = variables(container, objects)
    if name == "server":
        role = values.get("ROLE")
        for variable in values:
            known = CONTRACT["environment"].get(variable)
            if variable in OF_THE_SHELL_LINE and role == "game":
                continue
            if known is None or role not in known["for"]:
                say(f"{variable} is nothing that the role {role} reads")
            elif known.get("secret") and values[variable] is not None:
                say(f"{variable} is a secret and stands here in the open")
        for variable, known in CONTRACT["environment"].items():
            if role in known["for"] and known.get("secret") and variable not in values:
                say(f"{variable} is missing")
    else:
        for variable in set(values) - OTHERS.get(name, set()):
            say(f"{variable} is nothing that {name} reads")
        for variable in OTHERS.get(name, set()) - set(values):
            say(f"{variable} is missing")
    return problems


def service(each, pods):
    problems = []
    matching = [
        template for _, template in pods if selects({"matchLabels": each["spec"]["selector"]}, labels_of(template))
    ]
    if len(matching) != 1:
        return [f"{title(each)}: it selects {len(matching)} kinds of pods"]
    ports = {
        port["name"]: port["containerPort"]
        for container in matching[0]["spec"]["containers"] for port in container.get("ports", [])
    }
    for port in each["spec"]["ports"]:
        if port["targetPort"] not in ports:
            problems.append(f"{title(each)}: the pods have no port {port['targetPort']}")
    return problems


def network(each, pods):
    problems = []
    spec = each["spec"]
    chosen = [template for _, template in pods if selects(spec["podSelector"], labels_of(template))]
    if not chosen:
        return [f"{title(each)}: it selects no pod"]
    own = open_ports(chosen)
    for direction, side in (("ingress", "from"), ("egress", "to")):
        if direction in spec and direction.capitalize() not in spec["policyTypes"]:
            problems.append(f"{title(each)}: {direction} without policyTypes naming it is not in force")
        for rule in spec.get(direction, []):
            peers = rule.get(side, [])
            numbers = {port["port"] for port in rule.get("ports", [])}
            if not numbers:
                problems.append(f"{title(each)}: a rule of {direction} opens every port")
            if direction == "ingress" and not numbers <= own:
                problems.append(f"{title(each)}: opens {sorted(numbers - own)}, where nothing listens")
            for peer in peers:
                if "ipBlock" in peer:
                    ipaddress.ip_network(peer["ipBlock"]["cidr"])
                if "podSelector" not in peer:
                    continue
                there = [template for _, template in pods if selects(peer["podSelector"], labels_of(template))]
                if not there:
                    problems.append(f"{title(each)}: {peer['podSelector']} selects no pod")
                elif direction == "egress" and not numbers <= open_ports(there):
                    problems.append(f"{title(each)}: leads to {sorted(numbers - open_ports(there))}, where nothing listens")
    return problems


def open_ports(templates):
    return {
        port["containerPort"] for template in templates
        for container in template["spec"]["containers"] for port in container.get("ports", [])
    }


def every_pod_has_a_policy(objects, pods):
    policies = [each for each in objects if each["kind"] == "NetworkPolicy"]
    problems = []
    if not any(
        p["spec"]["podSelector"] == {} and set(p["spec"]["policyTypes"]) == {"Ingress", "Egress"}
        and "ingress" not in p["spec"] and "egress" not in p["spec"] for p in policies
    ):
        problems.append("no NetworkPolicy refuses everything by default")
    # What may go out must be let in at the other end, and the other way round.
    for side, other in (("egress", "ingress"), ("ingress", "egress")):
        key, opposite = ("to", "from") if side == "egress" else ("from", "to")
        for each, template in pods:
            own = labels_of(template)
            for number, peer_labels, peer in reach(policies, own, side, key, pods):
                allowed = any(
                    number == n and selects({"matchLabels": {NAME: own[NAME]}}, labels)
                    for n, labels, _ in reach(policies, peer_labels, other, opposite, pods)
                )
                if not allowed:
                    problems.append(f"{own[NAME]}: {side} {key} {peer} at {number} is allowed at this end alone")
    return problems


def reach(policies, own, side, key, pods):
    """(port, labels, name) of each pod that policies for pods with these labels name on one side."""
    found = []
    for policy in policies:
        if not selects(policy["spec"]["podSelector"], own):
            continue
        for rule in policy["spec"].get(side, []):
            for peer in rule.get(key, []):
                for _, template in pods:
                    labels = labels_of(template)
                    if "podSelector" in peer and selects(peer["podSelector"], labels):
                        found += [(port["port"], labels, labels[NAME]) for port in rule.get("ports", [])]
    return found


def database(each, secrets):
    """The secrets that an operator's PostgreSQL asks for, wherever they stand in its settings."""
    problems = []
    [(kind, begin)] = each["spec"]["bootstrap"].items()
    owner = begin["secret"]["name"]
    if not {"username", "password"} <= secrets.get(owner, set()):
        problems.append(f"{title(each)}: Secret {owner} has no username and password in the template")
    stores = [each["spec"].get("backup", {}).get("barmanObjectStore")]
    stores += [other["barmanObjectStore"] for other in each["spec"].get("externalClusters", [])]
    for store in stores:
        for key in (store or {}).get("s3Credentials", {}).values():
            if key["key"] not in secrets.get(key["name"], set()):
                problems.append(f"{title(each)}: Secret {key['name']} has no key {key['key']} in the template")
    if kind == "recovery" and begin["source"] not in [other["name"] for other in each["spec"].get("externalClusters", [])]:
        problems.append(f"{title(each)}: there is no external cluster {begin['source']}")
    if each["spec"].get("minSyncReplicas", 0) >= each["spec"]["instances"]:
        problems.append(f"{title(each)}: nothing can be written when all of minSyncReplicas must follow")
    return problems


def fleet_autoscaler(each, objects):
    problems = []

    def say(text):
        problems.append(f"{title(each)}: {text}")

    fleet = find(objects, "Fleet", each["spec"]["fleetName"])
    if fleet is None:
        return [f"{title(each)}: there is no Fleet {each['spec']['fleetName']}"]
    if "replicas" in fleet["spec"]:
        say("the fleet's `replicas` would undo what it has decided")
    counters = fleet["spec"]["template"]["spec"].get("counters", {})
    [container] = pod_template(fleet)["spec"]["containers"]
    capacity = counters.get("matches", {}).get("capacity")
    if variables(container, objects).get("MAX_MATCHES_PER_SERVER") != str(capacity):
        say(f"the counter's capacity is {capacity}, MAX_MATCHES_PER_SERVER is something else")
    bounds = find(objects, "ConfigMap", "autoscaler")["data"]
    least, most = int(bounds["MIN_SERVERS"]), int(bounds["MAX_SERVERS"])
    if not 1 <= least <= most:
        say(f"MIN_SERVERS {least} and MAX_SERVERS {most}")
    policy = each["spec"]["policy"]
    for part in policy.get("chain", [policy]):
        if part["type"] == "Buffer" and (part["buffer"]["minReplicas"], part["buffer"]["maxReplicas"]) != (least, most):
            say("its buffer has other bounds than the ConfigMap autoscaler")
        if part["type"] == "Counter":
            counter = part["counter"]
            if counter["key"] not in counters:
                say(f"the fleet has no counter {counter['key']}")
            elif (counter["minCapacity"], counter["maxCapacity"]) != (least * capacity, most * capacity):
                say("its counter has other bounds than the ConfigMap autoscaler")
            if counter["bufferSize"] != "20%":
                say("20% free is what scales up over 80%")
        if part["type"] == "Webhook":
            at = part["webhook"]["service"]
            found = find(objects, "Service", at["name"])
            if found is None or at["port"] not in [port["port"] for port in found["spec"]["ports"]]:
                say(f"there is no Service {at['name']} with port {at.get('port')}")
            elif found["metadata"].get("namespace", at["namespace"]) != at["namespace"]:
                say(f"Service {at['name']} is in another namespace")
    return problems


def secret_templates():
    """Keys by secret; a template with a value is a secret that got away."""
    keys = {}
    for each in kustomize.documents(ROOT / "kubernetes/secrets/secrets.yaml"):
        filled = [key for key, value in each["stringData"].items() if value != ""]
        if filled:
            raise kustomize.Problem(f"Secret {each['metadata']['name']}: {filled} have values")
        keys[each["metadata"]["name"]] = set(each["stringData"])
    return keys
