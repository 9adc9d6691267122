#!/bin/sh
# Fetches an artefact and has it install itself. Systems Manager runs this on a host, as root.
# BUCKET, KEY: where it lies in S3. SHA256: what it must be. SETTINGS: what host/install is told, JSON in Base64.
set -eu
release=/opt/trunkline/releases/$(printf %.16s "$SHA256")
if [ -x "$release/host/install" ]; then
  exec "$release/host/install" none "$SHA256" "$SETTINGS"
fi
work=$(mktemp -d /var/tmp/trunkline.XXXXXX)
trap 'rm -rf "$work"' EXIT
artefact=$work/trunkline.tar.gz
# What the host may read has perhaps been said only a moment ago, and takes its time to be known everywhere.
tries=6
until aws s3 cp --only-show-errors "s3://$BUCKET/$KEY" "$artefact"; do
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || exit 1
  sleep 10
done
if ! echo "$SHA256  $artefact" | sha256sum --check --status -; then
  echo "s3://$BUCKET/$KEY is not what was to come: its SHA-256 is not $SHA256." >&2
  exit 1
fi
mkdir "$work/unpacked"
tar -xzf "$artefact" -C "$work/unpacked" --strip-components=1 --no-same-owner
"$work/unpacked/host/install" "$artefact" "$SHA256" "$SETTINGS"
