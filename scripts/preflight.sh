#!/bin/sh
# Runs a script of this workspace with the Node that `node` names (inside pnpm scripts: the pinned one), and says in
# words what keeps that Node from starting. Plain POSIX shell, because no Node can be relied on yet.
#   sh scripts/preflight.sh FILE [ARGUMENT...]
set -u

explain() {
  printf 'trunkline: %s\n' "$@" >&2
  exit 1
}

if ! said=$(node -p 'process.version + " " + process.execPath' 2>&1); then
  case "$said" in
    *"error while loading shared libraries: "*)
      rest=${said#*error while loading shared libraries: }
      library=${rest%%:*}
      case "$library" in
        *libatomic.so*) debian=libatomic1 redhat=libatomic ;;
        *libstdc++.so*) debian=libstdc++6 redhat=libstdc++ ;;
        *) debian="the package with $library" redhat="the package with $library" ;;
      esac
      explain "Node 26 cannot start: the system library $library is missing." \
        "Debian, Ubuntu:       apt-get install $debian" \
        "Fedora, Amazon Linux: dnf install $redhat" ;;
    *GLIBC*) explain "Node 26 cannot start: this system's C library is too old for it (glibc 2.28 or later is needed)." ;;
    *) explain "Node cannot start: $said" ;;
  esac
fi

version=${said%% *}
major=${version#v}
major=${major%%.*}
case "$major" in
  '' | *[!0-9]*) explain "node says '$said' of itself, which is no version." ;;
esac
if [ "$major" -lt 24 ]; then
  explain "Node $version is too old: 24 or later is needed, 26 is what the project is tested with." \
    "On Linux (x64, arm64) it comes with the packages: run this through 'npx -y pnpm@10'."
fi

# By its path: what pnpm calls node is a shell script, which Ctrl+C ends together with a complaint of pnpm's.
exec "${said#* }" "$@"
