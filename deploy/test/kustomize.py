"""Renders the kustomizations of this folder: the part of kustomize that they use, and nothing that would pass unseen.

Kept small on purpose: a field that is not known here is an error. Where kubectl is installed, a test compares the result
with `kubectl kustomize`.
"""

import copy
import pathlib

import yaml

CLUSTER_WIDE = {"Namespace", "ClusterRole", "ClusterRoleBinding"}
FIELDS = {
    "apiVersion", "kind", "namespace", "labels", "resources", "images", "patches", "configMapGenerator", "generatorOptions",
}


class Problem(Exception):
    """What is wrong with a file, in words for whoever wrote it."""


class Loader(yaml.SafeLoader):
    """Refuses a key that stands twice: YAML keeps the last one silently."""

    def construct_mapping(self, node, deep=False):
        merge = "tag:yaml.org,2002:merge"
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value if key.tag != merge]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise Problem(f"{node.start_mark}: {sorted(twice)} stands twice")
        return super().construct_mapping(node, deep)


def documents(path):
    return [each for each in yaml.load_all(pathlib.Path(path).read_text(), Loader) if each is not None]


def one(text):
    return yaml.load(text, Loader)


def render(folder):
    """All objects of a kustomization, with those of its resources."""
    folder = pathlib.Path(folder)
    [config] = documents(folder / "kustomization.yaml")
    unknown = set(config) - FIELDS
    if unknown:
        raise Problem(f"{folder}: {sorted(unknown)} is not known to deploy/test/kustomize.py")
    objects = []
    for resource in config["resources"]:
        path = folder / resource
        objects += render(path) if path.is_dir() else documents(path)
    if config.get("configMapGenerator") and config.get("generatorOptions") != {"disableNameSuffixHash": True}:
        raise Problem(f"{folder}: names with hashes are not known to deploy/test/kustomize.py")
    for generated in config.get("configMapGenerator", []):
        data = {pathlib.Path(file).name: (folder / file).read_text() for file in generated["files"]}
        objects.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": generated["name"]}, "data": data})
    seen = set()
    for each in objects:
        key = (each["kind"], each["metadata"]["name"])
        if key in seen:
            raise Problem(f"{folder}: {key} is there twice")
        seen.add(key)
    objects = copy.deepcopy(objects)
    for patch in config.get("patches", []):
        objects = patched(objects, patch, folder)
    for image in config.get("images", []):
        if not rename(objects, image):
            raise Problem(f"{folder}: no container has the image {image['name']}")
    namespace = config.get("namespace")
    for each in objects:
        if namespace and each["kind"] not in CLUSTER_WIDE:
            each["metadata"]["namespace"] = namespace
        for labels in config.get("labels", []):
            each["metadata"].setdefault("labels", {}).update(labels["pairs"])
    return objects


def patched(objects, patch, folder):
    change = one(patch["patch"])
    if isinstance(change, list):
        wanted = patch["target"]
        hit = [e for e in objects if e["kind"] == wanted["kind"] and e["metadata"]["name"] == wanted["name"]]
        if not hit:
            raise Problem(f"{folder}: a patch is for {wanted}, which is not there")
        for each in hit:
            for operation in change:
                apply(each, operation, folder)
        return objects
    if change.get("$patch") != "delete" or set(change) != {"$patch", "apiVersion", "kind", "metadata"}:
        raise Problem(f"{folder}: a patch is a list of operations or a deletion")
    left = [
        e for e in objects
        if (e["apiVersion"], e["kind"], e["metadata"]["name"])
        != (change["apiVersion"], change["kind"], change["metadata"]["name"])
    ]
    if len(left) == len(objects):
        raise Problem(f"{folder}: {change['kind']} {change['metadata']['name']} is to be deleted, and is not there")
    return left


def apply(target, operation, folder):
    """One operation of RFC 6902: only `replace`, whose path must be there."""
    if operation["op"] != "replace" or set(operation) != {"op", "path", "value"}:
        raise Problem(f"{folder}: only `replace` is known: {operation}")
    *path, last = [part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:]]
    for part in path:
        target = target[int(part) if isinstance(target, list) else part]
    last = int(last) if isinstance(target, list) else last
    if isinstance(target, dict) and last not in target:
        raise Problem(f"{folder}: {operation['path']} is not there to be replaced")
    target[last] = operation["value"]


def rename(node, image):
    """Whether any container had it."""
    hit = False
    if isinstance(node, list):
        for each in node:
            hit |= rename(each, image)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "image" and isinstance(value, str) and value.split(":")[0] == image["name"]:
                node[key] = f"{image['newName']}:{image['newTag']}"
                hit = True
            else:
                hit |= rename(value, image)
    return hit
