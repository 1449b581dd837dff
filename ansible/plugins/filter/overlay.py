"""What the role lays over an overlay, as kustomize wants it."""

from __future__ import annotations

NAMESPACE = "cluster-backup"
# ConfigMaps that every namespace has.
EVERYWHERE = {"meeting-points": [NAMESPACE, "cluster-backup-nodes"]}


def merged(settings, scheduler_files):
    """Entries of a configMapGenerator that merge ``settings`` (ConfigMap: {KEY: value}) and the scheduler's files into those of an overlay."""
    generators = [
        {
            "name": name,
            "namespace": namespace,
            "behavior": "merge",
            "literals": [f"{key}={value}" for key, value in values.items()],
        }
        for name, values in settings.items()
        for namespace in EVERYWHERE.get(name, [NAMESPACE])
    ]
    if scheduler_files:
        generators.append(
            {
                "name": "scheduler-files",
                "namespace": NAMESPACE,
                "behavior": "merge",
                "files": list(scheduler_files),
            }
        )
    return generators


def renamed(names, registry, tag):
    """Entries of ``images``: where these images come from, and which version; nothing where neither is given."""
    if not registry and not tag:
        return []
    local = "localhost/cluster-backup"
    images = []
    for name in names:
        image = {"name": f"{local}/{name}"}
        if registry:
            image["newName"] = f"{registry}/{name}"
        if tag:
            image["newTag"] = str(tag)
        images.append(image)
    return images


class FilterModule:
    def filters(self):
        return {"merged": merged, "renamed": renamed}
