"""What an operator wants to know of objects of a cluster."""

from __future__ import annotations


def names(objects):
    """``KIND NAMESPACE/NAME`` of each, never what is in it."""
    return [name(thing) for thing in objects]


def name(thing):
    metadata = thing["metadata"]
    where = f"{metadata['namespace']}/" if "namespace" in metadata else ""
    return f"{thing['kind']} {where}{metadata['name']}"


def not_ready(listed, objects):
    """A sentence for each workload of ``objects`` that is not Ready, by what the API server lists; empty when all are."""
    things = {name(thing): thing for thing in listed}
    pods = [thing for thing in listed if thing["kind"] == "Pod"]
    sentences = []
    for wanted in objects:
        if wanted["kind"] not in READY:
            continue
        thing = things.get(name(wanted))
        if thing is None:
            sentences.append(f"{name(wanted)} is not there")
            continue
        lacks = READY[wanted["kind"]](thing)
        if lacks:
            sentences.append(f"{name(wanted)}: {lacks}; {why(thing, pods)}")
    return sentences


def replicas(thing):
    status, wanted = thing.get("status", {}), thing["spec"].get("replicas", 1)
    return lacking(thing, min(status.get("readyReplicas", 0), status.get("updatedReplicas", 0)), wanted) or (
        "what came before is still there" if status.get("replicas", 0) > wanted else ""
    )


def daemons(thing):
    status = thing.get("status", {})
    wanted = status.get("desiredNumberScheduled", 0)
    if wanted == 0:
        return "no node has one"
    return lacking(thing, min(status.get("numberReady", 0), status.get("updatedNumberScheduled", 0)), wanted)


def lacking(thing, ready, wanted):
    """Of those that were made as it is now."""
    if ready < wanted:
        return f"{ready} of {wanted} ready"
    acted = thing.get("status", {}).get("observedGeneration", 0) >= thing["metadata"].get("generation", 1)
    return "" if acted else "its last change was not acted on yet"


def finished(thing):
    return "" if condition(thing, "Complete") or thing.get("status", {}).get("succeeded", 0) else "not finished"


READY = {"Deployment": replicas, "StatefulSet": replicas, "DaemonSet": daemons, "Job": finished}


def condition(thing, kind, status="True"):
    """The condition, if it is so."""
    for found in thing.get("status", {}).get("conditions") or []:
        if found["type"] == kind and found["status"] == status:
            return found
    return None


def why(thing, pods):
    """The cause, as far as the API server knows it."""
    for found in (condition(thing, "ReplicaFailure"), condition(thing, "Failed")):
        if found:
            return sentence(found)
    labels = (thing["spec"].get("selector") or {}).get("matchLabels", {})
    own = [
        pod
        for pod in pods
        if labels
        and pod["metadata"]["namespace"] == thing["metadata"]["namespace"]
        and all(pod["metadata"].get("labels", {}).get(key) == value for key, value in labels.items())
    ]
    reasons = [f"{name(pod)} {reason}" for pod in own for reason in [why_pod(pod)] if reason]
    if reasons:
        return "; ".join(reasons)
    if own:
        return "its pods are starting"
    status = thing.get("status") or {}
    if "observedGeneration" not in status and "active" not in status:
        return "no controller acts on it: is kube-controller-manager running?"
    selector = thing["spec"].get("template", {}).get("spec", {}).get("nodeSelector")
    if thing["kind"] == "DaemonSet" and selector:
        return "a node needs " + ", ".join(f"{key}={value}" for key, value in selector.items())
    return "it has no pod"


def why_pod(pod):
    if condition(pod, "Ready") or pod["status"].get("phase") == "Succeeded":
        return ""
    unscheduled = condition(pod, "PodScheduled", "False")
    if unscheduled:
        return "is not scheduled: " + sentence(unscheduled)
    status = pod["status"]
    for container in (status.get("initContainerStatuses") or []) + (status.get("containerStatuses") or []):
        waiting = container.get("state", {}).get("waiting")
        ended = container.get("lastState", {}).get("terminated") or container.get("state", {}).get("terminated")
        if waiting and waiting.get("reason") not in (None, "ContainerCreating", "PodInitializing"):
            return f"waits: {sentence(waiting)}" + (f"; it ended with {ended['exitCode']}" if ended else "")
        if ended and ended["exitCode"] != 0:
            return f"ended with {ended['exitCode']}: {sentence(ended)}"
    unready = condition(pod, "Ready", "False")
    return f"is not ready: {sentence(unready)}" if unready and unready.get("message") else "is starting"


def sentence(found):
    return ", ".join(part for part in (found.get("reason"), found.get("message")) if part)


def no_recovery_point(status):
    """A sentence for each target without a recovery point that counts, by the scheduler's ``/api/status``; empty when each has one."""
    targets = status.get("targets", [])
    if not targets:
        return ["the scheduler knows no target"]
    runs = status.get("runs", [])
    sentences = []
    for target in targets:
        if target.get("restores"):
            continue
        sentence_of = f"target {target['name']} has no recovery point"
        for run in runs[:1]:
            for at in run["targets"]:
                if at["target"] == target["name"]:
                    sentence_of += f": {run['run']} is {at['state']} with {at['shipped']} of {at['expected']} sources there, {at['failed']} failed"
        sentences.append(sentence_of)
    if sentences:
        sentences += [failure for run in runs[:1] for failure in run["failures"]]
        sentences += [problem for problem in status.get("problems", []) if "has no" not in problem]
    return sentences


class FilterModule:
    def filters(self):
        return {"names": names, "not_ready": not_ready, "no_recovery_point": no_recovery_point}
