#!/usr/bin/env bash
# Makes the base images of our Dockerfiles out of Debian packages, where no image registry can be reached, and tags them
# with the names that the Dockerfiles ask for. `. deploy/ci/stand_ins.sh`, then make_stand_ins FOLDER NAME=TAG…
# Needs root, the package debootstrap, a running Docker engine, and a way to Debian's and Python's packages.

STAND_INS=$(cd "$(dirname "${BASH_SOURCE[0]}")/stand-ins" && pwd)

make_stand_ins() {  # FOLDER for what is made on the way; then debian=TAG python=TAG node=TAG …, in this order
    local folder=$1 pair name tag suite
    shift
    suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
    mkdir -p "$folder"
    cp "$STAND_INS"/* "$folder/"
    cp /etc/ssl/certs/ca-certificates.crt "$folder/certificates.crt"
    # In memory, where the flushes of every package cost nothing: on a busy disk they are most of the minutes.
    mkdir "$folder/rootfs"
    mount -t tmpfs -o size=1g tmpfs "$folder/rootfs"
    # Only what the four have in common: each adds its own by apt, from the indexes that are kept for that.
    debootstrap --variant=minbase --include=ca-certificates,python3,python3-venv,python3-pip \
        "$suite" "$folder/rootfs" >"$folder/debootstrap.log" 2>&1 || { tail -n 5 "$folder/debootstrap.log" >&2; return 1; }
    echo force-unsafe-io >"$folder/rootfs/etc/dpkg/dpkg.cfg.d/in-a-container"
    tar -C "$folder/rootfs" -c . | docker import - stand-in/debian >/dev/null
    umount "$folder/rootfs"
    for pair in "$@"; do
        name=${pair%%=*} tag=${pair#*=}
        docker build --quiet --network host --tag "stand-in/$name" --tag "$tag" \
            --file "$folder/$name.Dockerfile" "$folder" >/dev/null
    done
}
