# Mistakes in the objects of an overlay, a line for each; check.sh gives `settings`.
def named: "\(.kind) \(.metadata.namespace // "")/\(.metadata.name)";
def pod: .spec.template.spec // .spec.jobTemplate.spec.template.spec // (if .kind == "Pod" then .spec else empty end);
def containers: (.initContainers // []) + .containers;
def doubles: group_by(.) | map(select(length > 1) | .[0]) | .[];

. as $objects
| def find($kind; $namespace; $name): $objects[] | select(.kind == $kind and .metadata.namespace == $namespace and .metadata.name == $name);
def all_env($namespace): [containers[]
  | ((.env // [])[] | {key: .name, value: (.value // "")}),
    ((.envFrom // [])[] | .configMapRef.name // empty | . as $map | find("ConfigMap"; $namespace; $map) | .data // {} | to_entries[])];

# What a pod refers to is there.
def refers: . as $object | .metadata.namespace as $namespace | pod
  | (.volumes // [])[] | select(.secret and (.secret.optional | not)) | .secret.secretName as $name
  | select([find("Secret"; $namespace; $name)] == [])
  | "\($object | named): there is no Secret \($name)";
def keys: . as $object | .metadata.namespace as $namespace | pod | containers[] | (.env // [])[] | .name as $variable | .valueFrom.secretKeyRef // empty
  | . as $ref | select([find("Secret"; $namespace; $ref.name) | select(.data[$ref.key])] == [])
  | "\($object | named), \($variable): there is no key \($ref.key) in a Secret \($ref.name)";

# Settings that no service knows.
def settings: . as $object | .metadata.namespace as $namespace | pod | all_env($namespace)[] | .key | select(startswith("CLUSTERBACKUP_"))
  | . as $key | select($settings[0] | index($key) | not) | "\($object | named), \($key): no service has such a setting";

# Targets.
def shippers: [$objects[] | select(.metadata.labels["app.kubernetes.io/name"] == "shipper" and .kind == "Deployment")
  | . as $object | .metadata.namespace as $namespace | {object: named, name: (pod | all_env($namespace) | map(select(.key == "CLUSTERBACKUP_TARGET_NAME") | .value) | last // "")}];
def declared: [$objects[] | select(.kind == "ConfigMap") | .data["targets.yaml"] // empty | split("\n")[] | capture("^\\s*-\\s+name:\\s*\"?(?<name>[^\"#\\s]+)") | .name];
def targets:
  (shippers | map(select(.name == "") | "\(.object): CLUSTERBACKUP_TARGET_NAME is missing") | .[]),
  (shippers | map(.name) | doubles | "two shippers have target \(.)"),
  (declared | doubles | "targets.yaml: target \(.) is named twice"),
  (declared - (shippers | map(.name)) | .[] | "targets.yaml: target \(.) has no shipper"),
  ((shippers | map(.name)) - declared | .[] | select(. != "") | "target \(.) of a shipper is not in targets.yaml");

# Nothing that is needed after a disaster lies on what is lost in it.
def gluster: test("gluster"; "i");
def volumes: . as $object
  | ((.spec.volumeClaimTemplates // [])[].spec, (if .kind == "PersistentVolumeClaim" then .spec else empty end) | .storageClassName // "", .volumeName // ""),
    (if .kind == "KafkaNodePool" then .spec.storage | (.volumes // [.])[] | .class // "" else empty end),
    (pod | (.volumes // [])[] | select(.glusterfs) | "glusterfs"),
    (pod | (.volumes // [])[] | .csi.driver // empty)
  | select(gluster) | "\($object | named): its volume lies on the Gluster that is protected, by \(.)";

def secrets: select(.kind == "Secret") | . as $object | (.data // {}) | to_entries[]
  | if .value == "" then "\($object | named), key \(.key): it is empty"
    elif (.value | gsub("\\s"; "") | @base64d | contains("AGE-SECRET-KEY-")) then "\($object | named), key \(.key): the identity belongs in no cluster that is backed up"
    else empty end;

def labels: . as $object | ((.metadata.labels // {}), (.spec.template.metadata.labels // {})) | to_entries[] | select((.value | tostring | length) > 63 or (.key | split("/") | last | length) > 63)
  | "\($object | named), label \(.key): longer than 63 characters";

([$objects[] | refers, keys, settings, volumes, secrets, labels] + [targets]) | unique[]
