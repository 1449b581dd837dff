#!/bin/sh
# Restores one artifact from a local copy of a cluster-backup repository (format version 1) with standard tools only:
# a POSIX shell, coreutils, sed, grep, awk, xargs, age, zstd and ssh-keygen. RESTORE.md beside this file says how to use it.
# Exit code 0 means: every byte on stdout is what was signed, and none is missing. Anything else: do not use the output.
set -u
umask 077
LC_ALL=C
export LC_ALL

usage() {
    cat <<'END'
usage: restore.sh --allowed-signers FILE [--identity FILE] [options] ARTIFACT >stream
       restore.sh --needs [--allowed-signers FILE] ARTIFACT

ARTIFACT is SOURCE@latest, SOURCE@oldest, SOURCE@ID or SOURCE/ID, or an artifact id; of an id its unambiguous beginning is enough.

  --identity FILE         the age identity; not needed where the repository is not encrypted
  --allowed-signers FILE  your own list of signers (OpenSSH's format), never one from the repository
  --repository DIR        the local copy; default: where this script lies, else the current directory
  --spool DIR             where packs are opened; default: $TMPDIR, else /tmp
  --jobs N                packs opened at the same time; default 2
  --check-first           read and prove every pack before the first byte is written
  --needs                 list the files that must be here to restore ARTIFACT; needs no identity
  --help                  this text

exit codes: 0 whole and proved, 1 failed, 2 usage, 10 no repository, 12 no key fits, 13 signature wrong or signer unknown,
            14 damaged, 15 unknown format, 16 not enough space for the spool, 128+N ended by signal N
END
}

say() { printf 'restore.sh: %s\n' "$*" >&2; }
die() { # CODE MESSAGE
    code=$1
    shift
    say "$*"
    exit "$code"
}

identity='' signers='' repository='' spool_parent=${TMPDIR:-/tmp} jobs=2 needs='' check_first='' wanted=''
while [ $# -gt 0 ]; do
    case $1 in
        --identity=* | --allowed-signers=* | --repository=* | --spool=* | --jobs=*)
            option=${1%%=*} value=${1#*=}
            shift
            set -- "$option" "$value" "$@"
            ;;
    esac
    case $1 in
        --identity | --allowed-signers | --repository | --spool | --jobs)
            [ $# -ge 2 ] || die 2 "$1 needs a value"
            case $1 in
                --identity) identity=$2 ;;
                --allowed-signers) signers=$2 ;;
                --repository) repository=$2 ;;
                --spool) spool_parent=$2 ;;
                --jobs) jobs=$2 ;;
            esac
            shift 2
            ;;
        --needs) needs=yes && shift ;;
        --check-first) check_first=yes && shift ;;
        -h | --help) usage && exit 0 ;;
        -*) usage >&2 && die 2 "unknown option $1" ;;
        *)
            [ -z "$wanted" ] || die 2 "only one artifact at a time: $wanted, $1"
            wanted=$1 && shift
            ;;
    esac
done
[ -n "$wanted" ] || { usage >&2 && die 2 'which artifact?'; }
case $wanted in
    *[!A-Za-z0-9._%/@-]* | /* | */ | *//* | ./* | ../* | */./* | */../* | */. | */..) die 2 "not an artifact: $wanted" ;;
esac
case $jobs in
    '' | *[!0-9]* | 0*) die 2 "--jobs needs a number from 1 up: $jobs" ;;
esac
if [ -z "$signers" ] && [ -z "$needs" ]; then
    die 2 '--allowed-signers is needed: without it nothing tells whose backup this is'
fi
if [ -z "$repository" ]; then
    repository=$(dirname -- "$0")
    [ -e "$repository/repository.json" ] || repository=.
fi

tools='sed grep awk xargs zstd head tail tee mkfifo df mktemp'
[ -z "$signers" ] || tools="$tools ssh-keygen"
for tool in $tools; do
    command -v "$tool" >/dev/null || die 1 "$tool is needed and was not found"
done

# openssl is several times faster where sha256sum has no SHA instructions
if printf '' | openssl dgst -sha256 -r 2>/dev/null | grep -q '^e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'; then
    digest='openssl dgst -sha256 -r'
elif command -v sha256sum >/dev/null; then
    digest=sha256sum
else
    die 1 'openssl or sha256sum is needed and neither was found'
fi
export digest
sha256_of() { # FILE
    $digest <"$1" | sed 's/[^0-9a-f].*//'
}

# The JSON files are laid out one top-level member a line, so that this is enough.
member() { # NAME FILE: the text of a string or number; empty unless it stands there exactly once
    sed -n 's/^  "'"$1"'": "\{0,1\}\([^",]*\)"\{0,1\},\{0,1\}$/\1/p' "$2" | awk 'NR == 1 { v = $0 } END { if (NR == 1) print v }'
}
must_be() { # NAME EXPECTED FILE SHOWN
    [ "$(member "$1" "$3")" = "$2" ] || die 14 "$4 is not of this place: its $1 is '$(member "$1" "$3")', not '$2'"
}
format_1() { # FILE SHOWN
    [ "$(member format "$1")" = 1 ] || die 15 "$2 has format '$(member format "$1")', this script reads format 1"
}
signed_by_subject() { # SUBJECT FILE SIGNATURE SHOWN
    [ -n "$signers" ] || return 0
    [ -f "$3" ] || die 13 "$4 has no signature"
    ssh-keygen -Y verify -n clusterbackup -f "$signers" -I "$1" -s "$3" <"$2" >/dev/null 2>"$work/ssh-keygen" ||
        die 13 "the signature of $4 is wrong, or nobody in $signers may sign '$1': $(head -n 1 "$work/ssh-keygen")"
}

work=''
reader='' writer=''
cleanup() {
    for child in $writer $reader; do kill "$child" 2>/dev/null; done
    [ -z "$work" ] || rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 131' QUIT
trap 'exit 143' TERM
work=$(mktemp -d "$spool_parent/restore.XXXXXXXX") || die 16 "cannot make a spool in $spool_parent"
export work

# --- the repository ---------------------------------------------------------------------------------------------------

cd "$repository" 2>/dev/null || die 10 "no repository at $repository"
repository=$(pwd)
cd "$OLDPWD" || exit 1
[ -f "$repository/repository.json" ] || die 10 "no repository at $repository: repository.json is missing"
if [ -n "$signers" ]; then
    [ -r "$signers" ] || die 2 "cannot read $signers"
    # ssh-keygen would follow a certificate authority; the format knows plain Ed25519 keys only
    if grep -v '^[[:space:]]*\(#.*\)\{0,1\}$' "$signers" | grep -v ' ssh-ed25519 ' | grep -q .; then
        die 13 "$signers has a line without an ssh-ed25519 key"
    fi
    if grep -v '^[[:space:]]*#' "$signers" | grep -qi 'cert-authority'; then
        die 13 "$signers names a certificate authority: only plain keys are allowed"
    fi
fi
# What is checked is what is used: a copy, since another process may be writing to the repository.
cp "$repository/repository.json" "$work/repository.json" || exit 1
sum=$(sha256_of "$work/repository.json")
signature=repository.json.$(printf %.16s "$sum").sig
signed_by_subject repository "$work/repository.json" "$repository/$signature" repository.json
format_1 "$work/repository.json" repository.json
id=$(member repository "$work/repository.json")
encryption=$(member encryption "$work/repository.json")
case $encryption in
    age | none) ;;
    *) die 15 "repository.json has the unknown encryption '$encryption'" ;;
esac

# --- the artifact -----------------------------------------------------------------------------------------------------

is_id() {
    printf '%s\n' "$1" | grep -q '^[0-9]\{8\}T[0-9]\{9\}Z-[0-9a-f]\{8\}$'
}
found='' ambiguous=''
consider() { # PATH of a manifest
    [ -f "$1" ] || return 0
    path=${1#"$repository"/artifacts/}
    path=${path%/manifest.json}
    is_id "${path##*/}" || return 0
    case $wanted in
        *@oldest) [ -n "$found" ] || found=$path ;;
        *@latest) found=$path ;;
        *)
            [ -z "$found" ] || ambiguous="$found, $path"
            found=$path
            ;;
    esac
}
top=$repository/artifacts
by_source() { # SOURCE@ID or SOURCE/ID, or the beginning of the ID
    for manifest in "$top/${wanted%[@/]*}/${wanted##*[@/]}"*/manifest.json; do consider "$manifest"; done
}
case $wanted in
    *@latest | *@oldest)
        for manifest in "$top/${wanted%@*}"/*/manifest.json; do consider "$manifest"; done
        ;;
    *@[0-9][0-9][0-9][0-9]*) by_source ;;
    *@*) die 2 "not an artifact: $wanted" ;;
    */*) by_source ;;
    *)
        for manifest in "$top"/*/"$wanted"*/manifest.json "$top"/*/*/"$wanted"*/manifest.json \
            "$top"/*/*/*/"$wanted"*/manifest.json "$top"/*/*/*/*/"$wanted"*/manifest.json \
            "$top"/*/*/*/*/*/"$wanted"*/manifest.json "$top"/*/*/*/*/*/*/"$wanted"*/manifest.json \
            "$top"/*/*/*/*/*/*/*/"$wanted"*/manifest.json "$top"/*/*/*/*/*/*/*/*/"$wanted"*/manifest.json; do
            consider "$manifest"
        done
        ;;
esac
[ -n "$found" ] || die 1 "no artifact $wanted in $repository"
[ -z "$ambiguous" ] || die 2 "$wanted is ambiguous: $ambiguous"
source=${found%/*} artifact=${found##*/}
folder=artifacts/$found

cp "$repository/$folder/manifest.json" "$work/manifest.json" || exit 1
signed_by_subject "$source" "$work/manifest.json" "$repository/$folder/manifest.json.sig" "$folder/manifest.json"
format_1 "$work/manifest.json" "$folder/manifest.json"
must_be repository "$id" "$work/manifest.json" "$folder/manifest.json"
must_be source "$source" "$work/manifest.json" "$folder/manifest.json"
must_be artifact "$artifact" "$work/manifest.json" "$folder/manifest.json"
must_be encryption "$encryption" "$work/manifest.json" "$folder/manifest.json"
for part in packs contents; do
    [ -n "$needs" ] && [ $part = contents ] && continue
    [ -f "$repository/$folder/$part" ] || die 14 "$folder/$part is missing"
    cp "$repository/$folder/$part" "$work/$part" || exit 1
    [ "$(sha256_of "$work/$part")" = "$(member "${part}Sha256" "$work/manifest.json")" ] ||
        die 14 "$folder/$part is damaged: its SHA-256 is not the one that the manifest names"
done
if grep -qv '^[0-9a-f]\{64\} [0-9]\{1,15\}$' "$work/packs"; then
    die 14 "$folder/packs has a line that names no pack"
fi

if [ -n "$needs" ]; then
    [ -n "$signers" ] || say 'no signature was checked: --allowed-signers was not given'
    printf '%s\n' repository.json "$signature" "$folder/manifest.json" "$folder/manifest.json.sig" "$folder/packs" "$folder/contents"
    sed 's/^\(..\)\(.*\) .*$/packs\/\1\/\1\2/' "$work/packs"
    exit 0
fi
say "artifact $artifact of $source, started $(sed -n 's/^  "started": "\([^"]*\)".*/\1/p' "$work/manifest.json")"

# --- what the stream is made of ---------------------------------------------------------------------------------------

if [ "$encryption" = age ]; then
    command -v age >/dev/null || die 1 'age is needed and was not found'
    [ -n "$identity" ] || die 12 'this repository is encrypted: --identity is needed'
    [ -r "$identity" ] || die 12 "cannot read $identity"
    if head -n 1 "$identity" | grep -q -e '^age-encryption.org/' -e '^-----BEGIN AGE ENCRYPTED FILE-----'; then
        die 12 "$identity is itself encrypted: open it once with 'age -d', and remove the open copy afterwards"
    fi
fi
export encryption identity repository
if [ "$encryption" = age ]; then
    age -d -i "$identity" <"$work/contents" >"$work/contents.zst" 2>"$work/age" || {
        sed 's/^/restore.sh: /' "$work/age" >&2
        die 12 "$identity does not open $folder/contents"
    }
else
    mv "$work/contents" "$work/contents.zst"
fi
zstd -dcq "$work/contents.zst" >"$work/contents.txt" || die 14 "$folder/contents cannot be decompressed"

header() { # LINE NAME
    sed -n "$1"'s/^'"$2"' \(.*\)$/\1/p' "$work/contents.txt"
}
case $(head -n 1 "$work/contents.txt") in
    'clusterbackup contents 1') ;;
    'clusterbackup contents '*) die 15 "$folder/contents has an unknown format" ;;
    *) die 14 "$folder/contents is not a list of contents" ;;
esac
if [ "$(header 2 repository)" != "$id" ] || [ "$(header 3 source)" != "$source" ] || [ "$(header 4 artifact)" != "$artifact" ]; then
    die 14 "$folder/contents belongs to another artifact"
fi
stream_sha256=$(header 5 sha256) stream_length=$(header 6 length) extents=$(header 8 extents)
printf '%s %s %s\n' "$stream_sha256" "$stream_length" "$extents" | grep -q '^[0-9a-f]\{64\} [0-9]\{1,15\} [0-9]\{1,15\}$' ||
    die 14 "$folder/contents has a bad header"

# The plan: batches of extents, each with the packs to open before it and those to drop after it. Of a pack only what
# lies before its last used byte is kept, so the space for the spool is known exactly. plan/N.open has lines of
# <pack line> <name> <stored bytes> <plain bytes to keep>, plan/N.emit <pack line> <offset> <length>, plan/N.drop <file>.
mkdir "$work/plan" "$work/packs.open" || exit 1
awk -v dir="$work/plan" -v length_="$stream_length" -v extents="$extents" '
    function bad(why) { print why; failed = 1; exit 1 }
    function flush_batch() {
        close(dir "/" batch ".open"); close(dir "/" batch ".emit"); batch++; opened = 0
    }
    FILENAME == ARGV[1] { name[FNR] = $1; stored[FNR] = $2; packs = FNR; next }
    FNR <= 8 { next }
    NF != 3 || $0 !~ /^[0-9]+ [0-9]+ [0-9]+$/ { bad("has a line that is no extent") }
    {
        if ($1 < 1 || $1 > packs) bad("names a pack that is not listed")
        n++; end = $2 + $3; total += $3
        pack[n] = $1 + 0; offset[n] = $2; bytes[n] = $3
        if (end > keep[$1 + 0]) keep[$1 + 0] = end
        last[$1 + 0] = n
    }
    END {
        if (failed) exit 1
        if (n != extents) { print "has not as many extents as it says"; exit 1 }
        if (sprintf("%.0f", total) != sprintf("%.0f", length_)) { print "adds up to another length"; exit 1 }
        batch = 1
        for (i = 1; i <= n; i++) {
            p = pack[i]
            if (!(p in seen)) {
                if (opened == 32) flush_batch()
                seen[p] = 1; opened++
                grow[batch] += keep[p]
                printf "%d %s %.0f %.0f\n", p, name[p], stored[p], keep[p] > (dir "/" batch ".open")
            }
            printf "%d %s %s\n", p, offset[i], bytes[i] > (dir "/" batch ".emit")
            if (last[p] == i) { dropped[batch] += keep[p]; print dir "/../packs.open/" p > (dir "/" batch ".drop") }
            if (i % 10000 == 0) flush_batch()
        }
        # while a batch is written the next is opened, and what it drops goes after that
        for (b = 1; b <= batch; b++) {
            use = live + grow[b] + grow[b + 1]
            if (use > peak) peak = use
            live += grow[b] - dropped[b]
        }
        printf "%d %.0f\n", batch, peak
    }' "$work/packs" "$work/contents.txt" >"$work/plan.out" || die 14 "$folder/contents $(head -n 1 "$work/plan.out")"
read -r batches peak <"$work/plan.out"

# --- every pack is there, with its size; there is room ----------------------------------------------------------------

bad=0
while read -r name size; do
    file=packs/$(printf %.2s "$name")/$name
    if [ ! -f "$repository/$file" ]; then
        say "$file is missing"
        bad=$((bad + 1))
    elif [ "$(wc -c <"$repository/$file" | tr -d ' ')" != "$size" ]; then
        say "$file is damaged: it does not have $size bytes"
        bad=$((bad + 1))
    fi
done <"$work/packs"
[ $bad -eq 0 ] || die 14 "$bad packs are missing or damaged; nothing was written"

free=$(df -Pk "$work" | awk 'NR == 2 { print $4 }')
need=$(awk -v peak="$peak" 'BEGIN { printf "%.0f", peak / 1024 + 1024 }')
awk -v free="$free" -v need="$need" 'BEGIN { exit !(free >= need) }' ||
    die 16 "the spool in $spool_parent needs $need KiB and has $free KiB: give another place with --spool"

# Runs under xargs: proves one pack by its digest and only then opens it. Arguments: pack line, name, stored bytes, plain
# bytes to keep. What lies behind those is read and thrown away, so that age and zstd see the pack to its end.
# shellcheck disable=SC2016
open_pack='
    file=$repository/packs/$(printf %.2s "$2")/$2
    damaged() { printf "restore.sh: %s\n" "packs/${file##*/packs/} is damaged: $1" >&2; : >"$work/damaged"; exit 1; }
    [ "$($digest <"$file" | sed "s/[^0-9a-f].*//")" = "$2" ] || damaged "its SHA-256 is not its name"
    [ "$3" != check ] || exit 0
    out=$work/packs.open/$1
    { if [ "$encryption" = age ]; then age -d -i "$identity" <"$file"; else cat "$file"; fi || : >"$out.failed"; } |
        { zstd -dcq || : >"$out.failed"; } |
        { head -c "$4" >"$out" || : >"$work/full"; cat >/dev/null; }
    [ ! -e "$work/full" ] || exit 1
    [ ! -e "$out.failed" ] || damaged "it cannot be opened"
    [ "$(wc -c <"$out" | tr -d " ")" = "$4" ] || damaged "it is shorter than the contents say"
'
open_batch() { # NUMBER
    [ -f "$work/plan/$1.open" ] || return 0
    xargs -n 4 -P "$jobs" sh -c "$open_pack" open-pack <"$work/plan/$1.open"
}

if [ -n "$check_first" ]; then
    say 'reading every pack'
    sed 's/^\([^ ]*\) .*/0 \1 check 0/' "$work/packs" | xargs -r -n 4 -P "$jobs" sh -c "$open_pack" open-pack ||
        die 14 'damaged packs; nothing was written'
fi

# --- the stream -------------------------------------------------------------------------------------------------------

if printf 'ab' >"$work/probe" && [ "$(dd if="$work/probe" iflag=skip_bytes,count_bytes skip=1 count=1 bs=64k 2>/dev/null)" = b ]; then
    range() { dd if="$1" iflag=skip_bytes,count_bytes skip="$2" count="$3" bs=1M 2>/dev/null; }
else
    range() { tail -c +"$(($2 + 1))" "$1" | head -c "$3"; }
fi
emit_all() {
    open_batch 1 || return 1
    batch=1
    while [ "$batch" -le "$batches" ]; do
        # not with our stdout: whoever reads the stream would wait for it
        open_batch $((batch + 1)) >/dev/null &
        opener=$!
        if [ -f "$work/plan/$batch.emit" ]; then
            while read -r pack offset length; do
                range "$work/packs.open/$pack" "$offset" "$length" || { wait "$opener"; return 1; }
            done <"$work/plan/$batch.emit"
        fi
        wait "$opener" || return 1
        [ ! -f "$work/plan/$batch.drop" ] || xargs rm -f <"$work/plan/$batch.drop"
        batch=$((batch + 1))
    done
    : >"$work/emitted"
}

mkfifo "$work/fifo" || exit 1
$digest <"$work/fifo" >"$work/stream.sum" &
reader=$!
# in the background, because a shell runs its traps only while it waits
emit_all | tee "$work/fifo" &
writer=$!
wait "$writer"
written=$?
wait "$reader" || written=1
reader='' writer=''
[ ! -e "$work/full" ] || die 16 "the spool in $spool_parent is full: do not use what was written"
[ ! -e "$work/damaged" ] || die 14 'the stream was ended at a damaged pack: do not use what was written'
if [ ! -e "$work/emitted" ] || [ $written -ne 0 ]; then
    die 1 'the stream could not be written to its end: do not use what was written'
fi
[ "$(sed 's/[^0-9a-f].*//' "$work/stream.sum")" = "$stream_sha256" ] ||
    die 14 "the stream's SHA-256 is not the one that was signed: do not use what was written"
say "$stream_length bytes, whole and proved"
